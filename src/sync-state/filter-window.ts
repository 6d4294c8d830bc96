import type { ItemClass } from "../mailbox/folder.js";
import type { ItemChange } from "../mailbox/mailbox.js";
import type { CollectionPosition, DatedRange } from "../state/collection-record.js";

/** Which items of a folder a device wants ([MS-ASCMD] 2.2.3.68.2). */
export interface FilterWindow {
  /** Items dated before this are not wanted, in milliseconds since the epoch; undefined for no lower bound. */
  readonly cutoffMs: number | undefined;
  /** Completed tasks are not wanted. */
  readonly incompleteOnly: boolean;
}

const dayMs = 86_400_000;
const maxRanges = 4;

/** Whether a FilterType can be used with a class; the ones that mean nothing for it are taken as the nearest that does. */
export function isFilterType(filterType: number, itemClass: ItemClass): boolean {
  if (!Number.isInteger(filterType) || filterType < 0 || filterType > 8) return false;
  return !(itemClass === "Email" && filterType === 8);
}

/**
 * The window of a FilterType at a time. Its edge is the beginning of a UTC day, so that it moves once a day and not with each request.
 *
 * @param nowMs milliseconds since the epoch.
 */
export function filterWindow(filterType: number, itemClass: ItemClass, nowMs: number): FilterWindow {
  const incompleteOnly = itemClass === "Tasks" && filterType === 8;
  const dated = itemClass === "Email" || itemClass === "Calendar";
  const start = dated
    ? periodStart(itemClass === "Calendar" ? calendarFilter(filterType) : filterType, nowMs)
    : undefined;
  return { cutoffMs: start === undefined ? undefined : Math.floor(start / dayMs) * dayMs, incompleteOnly };
}

/** The window by which the items of a position were chosen. */
export function windowOfPosition(position: CollectionPosition): FilterWindow {
  return { cutoffMs: position.cutoffMs, incompleteOnly: position.incompleteOnly === true };
}

/** Whether an item is wanted. */
export function isInWindow(item: Extract<ItemChange, { kind: "present" }>, window: FilterWindow): boolean {
  if (window.incompleteOnly && item.complete === true) return false;
  return window.cutoffMs === undefined || item.dateMs === undefined || item.dateMs >= window.cutoffMs;
}

/** The position with a new window: what lies between the old edge and the new one is noted as still to be compared. */
export function withWindow(position: CollectionPosition, window: FilterWindow): CollectionPosition {
  const { cutoffMs: oldCutoffMs, incompleteOnly: oldIncompleteOnly = false, marker, ...rest } = position;
  if (oldCutoffMs === window.cutoffMs && oldIncompleteOnly === window.incompleteOnly) return position;
  const moved: CollectionPosition = {
    ...rest,
    ...(window.cutoffMs === undefined ? undefined : { cutoffMs: window.cutoffMs }),
    ...(window.incompleteOnly ? { incompleteOnly: true } : undefined),
  };
  // The first listing brings all that is wanted. A later one names nothing outside of the window, where the device may have items.
  if (position.cursor === undefined && position.sweepBucket === undefined) return moved;
  if (oldIncompleteOnly !== window.incompleteOnly) return relisted(moved);
  const range = rangeBetween(oldCutoffMs, window.cutoffMs);
  return range === undefined ? moved : { ...moved, ranges: limitedRanges([...(moved.ranges ?? []), range]) };
}

/** The position from which the whole folder is compared with what the device has. */
export function relisted(position: CollectionPosition): CollectionPosition {
  const { cursor, marker, ...rest } = position;
  return { ...rest, listing: true, sweepBucket: 0 };
}

function rangeBetween(oneMs: number | undefined, otherMs: number | undefined): DatedRange | undefined {
  if (oneMs !== undefined && otherMs !== undefined) {
    return { fromMs: Math.min(oneMs, otherMs), beforeMs: Math.max(oneMs, otherMs) };
  }
  const beforeMs = oneMs ?? otherMs;
  return beforeMs === undefined ? undefined : { beforeMs };
}

function limitedRanges(ranges: readonly DatedRange[]): readonly DatedRange[] {
  if (ranges.length <= maxRanges) return ranges;
  const beforeMs = Math.max(...ranges.map((range) => range.beforeMs));
  const fromMs = Math.min(...ranges.map((range) => range.fromMs ?? Number.NEGATIVE_INFINITY));
  return [Number.isFinite(fromMs) ? { fromMs, beforeMs } : { beforeMs }];
}

/** A calendar knows no filter below two weeks, and incomplete tasks mean nothing to it. */
function calendarFilter(filterType: number): number {
  if (filterType === 8) return 0;
  return filterType > 0 && filterType < 4 ? 4 : filterType;
}

function periodStart(filterType: number, nowMs: number): number | undefined {
  const days = [undefined, 1, 3, 7, 14][filterType];
  if (days !== undefined) return nowMs - days * dayMs;
  const months = { 5: 1, 6: 3, 7: 6 }[filterType];
  if (months === undefined) return undefined;
  const now = new Date(nowMs);
  const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));
  const daysInMonth = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
  return start.getTime() + (Math.min(now.getUTCDate(), daysInMonth) - 1) * dayMs;
}
