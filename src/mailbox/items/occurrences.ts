import { instantOfLocalTime, localTimeMs, readTimeZone } from "../time-zone/time-zone-rules.js";
import type { CalendarItem, ChangedOccurrence } from "./calendar.js";
import { type DatesOfStep, datesOfPattern } from "./recurrence-dates.js";

const dayMs = 86_400_000;
/** More steps than any series has within a time that somebody asks for: what is damaged must not keep the process busy. */
const maxSteps = 60_000;

/** When an appointment, or one of a series, is. Instants in milliseconds since the epoch, of all-day events too: those at which the days begin in their time zone. */
export interface Occurrence {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  /** What is different about it; undefined for what is as the series is, and for single appointments. */
  readonly changed: ChangedOccurrence | undefined;
}

/**
 * The occurrences of an appointment that overlap a time: of a series each that is not deleted, and changed ones where they were moved to; in the order of the
 * series.
 *
 * @returns undefined for a series of another calendar system than the Gregorian one, whose days are not known here.
 */
export function occurrencesWithin(
  item: CalendarItem,
  fromMs: number,
  beforeMs: number,
): readonly Occurrence[] | undefined {
  const time = timeOf(item);
  const starts = startsOf(item, fromMs, beforeMs, time);
  if (starts === undefined) return undefined;
  const { exceptions = [] } = item;
  const excepted = new Set(exceptions.map(({ originalStartMs }) => originalStartMs));
  const found: Occurrence[] = starts
    .filter((startMs) => !excepted.has(startMs))
    .map((startMs) => ({ ...time.span(startMs, endOf(item, startMs, time)), changed: undefined }));
  for (const changed of item.recurrence === undefined ? [] : exceptions) {
    if (changed.deleted) continue;
    const startMs = changed.startTimeMs ?? changed.originalStartMs;
    const endMs = changed.endTimeMs ?? endOf(item, startMs, time);
    const { span } =
      changed.allDayEvent === undefined ? time : timeOf({ ...item, allDayEvent: changed.allDayEvent });
    found.push({ ...span(startMs, endMs), changed });
  }
  return found.filter(({ startMs, endMs }) => startMs < beforeMs && endMs > fromMs);
}

/** How the times of an item are reckoned. */
interface ItemTime {
  /** Wall clock time, counted as if it were UTC, of a time of the item. */
  toLocal(ms: number): number;
  toItem(localMs: number): number;
  span(startMs: number, endMs: number): { readonly startMs: number; readonly endMs: number };
}

function timeOf({ allDayEvent, timezone }: Pick<CalendarItem, "allDayEvent" | "timezone">): ItemTime {
  const zone = readTimeZone(timezone);
  const toInstant = (localMs: number): number =>
    zone === undefined ? localMs : instantOfLocalTime(localMs, zone);
  if (allDayEvent === true) {
    const same = (ms: number): number => ms;
    return {
      toLocal: same,
      toItem: same,
      span: (startMs, endMs) => ({ startMs: toInstant(startMs), endMs: toInstant(endMs) }),
    };
  }
  return {
    toLocal: (ms) => (zone === undefined ? ms : localTimeMs(ms, zone)),
    toItem: toInstant,
    span: (startMs, endMs) => ({ startMs, endMs }),
  };
}

/** A meeting from nine to ten is one where the clock is changed in between, too. */
function endOf(
  { startTimeMs, endTimeMs }: CalendarItem,
  startMs: number,
  { toLocal, toItem }: ItemTime,
): number {
  return toItem(toLocal(startMs) + toLocal(endTimeMs) - toLocal(startTimeMs));
}

/** Unmodified starts, as the item's times are, until the end of what is asked for. */
function startsOf(
  item: CalendarItem,
  fromMs: number,
  beforeMs: number,
  { toLocal, toItem }: ItemTime,
): number[] | undefined {
  const { recurrence, startTimeMs, endTimeMs } = item;
  if (recurrence === undefined) return [startTimeMs];
  const localStart = toLocal(startTimeMs);
  const timeOfDay = ((localStart % dayMs) + dayMs) % dayMs;
  const dates = datesOfPattern(recurrence, localStart - timeOfDay);
  if (dates === undefined) return undefined;
  const { end } = recurrence;
  // A day more on each side: whatever the time zone, nothing is missed.
  const first = fromMs - (endTimeMs - startTimeMs) - 2 * dayMs;
  const starts: number[] = [];
  let count = 0;
  for (let step = end?.kind === "occurrences" ? 0 : firstStep(dates, first); step < maxSteps; step++) {
    for (const date of dates.ofStep(step)) {
      if (date + timeOfDay < localStart) continue;
      const startMs = toItem(date + timeOfDay);
      count += 1;
      if (end?.kind === "occurrences" && count > end.count) return starts;
      if (end?.kind === "until" && startMs > end.untilMs) return starts;
      if (startMs >= beforeMs + 2 * dayMs) return starts;
      if (startMs >= first) starts.push(startMs);
    }
  }
  return starts;
}

/** The last step that begins before a time, or the one before it. */
function firstStep({ stepMs, startMs }: DatesOfStep, ms: number): number {
  return Math.max(0, Math.floor((ms - startMs) / stepMs) - 1);
}
