import type { CalendarException, CalendarItem } from "../../mailbox/items/calendar.js";
import type { ProtocolVersion } from "../../protocol/version.js";
import type { ReadContext } from "../context.js";
import type { Draft } from "../field.js";
import { dayAroundInstant, dayOfInstant, instantOfDay, nearestMidnight } from "../time-zone.js";
import { before16 } from "./attendees.js";

const halfHourMs = 30 * 60_000;

type Times = Pick<
  Draft<CalendarItem>,
  "startTimeMs" | "endTimeMs" | "allDayEvent" | "timezone" | "exceptions" | "recurrence"
>;

interface Conversion {
  readonly ofStart: (ms: number) => number;
  readonly ofUntil: (ms: number) => number;
}

/** `item` with the times of all-day events as `version` sends them: instants below 16.0, dates from then on. */
export function withWireTimes<Item extends Times>(item: Item, version: ProtocolVersion): Item {
  if (!before16(version)) return item;
  const convert = (ms: number): number => instantOfDay(ms, item.timezone);
  return converted(item, { ofStart: convert, ofUntil: convert });
}

/** The contrary of {@link withWireTimes}: all-day events get midnights as if UTC, whatever the device made of them. */
export function withItemTimes<Item extends Times>(item: Item, version: ProtocolVersion): Item {
  if (!before16(version)) return converted(item, { ofStart: nearestMidnight, ofUntil: (ms) => ms });
  return converted(item, {
    ofStart: (ms) => dayOfInstant(ms, item.timezone),
    // An Until may be any time of the last day.
    ofUntil: (ms) => dayAroundInstant(ms, item.timezone),
  });
}

/**
 * The times of an appointment that is added without them ([MS-ASCAL] 3.2.4.4): it begins at the next half hour and takes half an
 * hour. Notes a problem when one time is given and the other does not follow from it.
 */
export function addedTimes(draft: Times, context: ReadContext): { startTimeMs: number; endTimeMs: number } {
  const soonMs = Math.ceil(context.nowMs / halfHourMs) * halfHourMs;
  const { startTimeMs, endTimeMs } = draft;
  const start = startTimeMs ?? soonMs;
  const end = endTimeMs ?? soonMs + halfHourMs;
  if (startTimeMs === undefined && endTimeMs !== undefined && endTimeMs <= context.nowMs) {
    context.problems.push("the end is past and there is no start");
  }
  if (endTimeMs === undefined && startTimeMs !== undefined && startTimeMs > context.nowMs) {
    context.problems.push("the start is to come and there is no end");
  }
  return checkedTimes(start, end, context);
}

/** The times of a changed appointment: both must be there. */
export function changedTimes(draft: Times, context: ReadContext): { startTimeMs: number; endTimeMs: number } {
  const { startTimeMs, endTimeMs } = draft;
  if (startTimeMs === undefined || endTimeMs === undefined)
    context.problems.push("the start or the end is missing");
  return checkedTimes(startTimeMs ?? 0, endTimeMs ?? startTimeMs ?? 0, context);
}

function checkedTimes(
  startTimeMs: number,
  endTimeMs: number,
  context: ReadContext,
): { startTimeMs: number; endTimeMs: number } {
  if (endTimeMs < startTimeMs) context.problems.push("the end is before the start");
  return { startTimeMs, endTimeMs };
}

function converted<Item extends Times>(item: Item, { ofStart, ofUntil }: Conversion): Item {
  const { startTimeMs, endTimeMs, exceptions, recurrence, allDayEvent = false } = item;
  const changes: Times = {};
  if (allDayEvent && startTimeMs !== undefined) changes.startTimeMs = ofStart(startTimeMs);
  if (allDayEvent && endTimeMs !== undefined) changes.endTimeMs = ofStart(endTimeMs);
  if (exceptions !== undefined) {
    changes.exceptions = exceptions.map((exception) => convertedException(exception, allDayEvent, ofStart));
  }
  if (allDayEvent && recurrence?.end?.kind === "until") {
    changes.recurrence = { ...recurrence, end: { kind: "until", untilMs: ofUntil(recurrence.end.untilMs) } };
  }
  return { ...item, ...changes };
}

function convertedException(
  exception: CalendarException,
  seriesAllDay: boolean,
  convert: (ms: number) => number,
): CalendarException {
  const originalStartMs = seriesAllDay ? convert(exception.originalStartMs) : exception.originalStartMs;
  if (exception.deleted) return { ...exception, originalStartMs };
  const { startTimeMs, endTimeMs, allDayEvent = seriesAllDay } = exception;
  return {
    ...exception,
    originalStartMs,
    ...(allDayEvent && startTimeMs !== undefined ? { startTimeMs: convert(startTimeMs) } : {}),
    ...(allDayEvent && endTimeMs !== undefined ? { endTimeMs: convert(endTimeMs) } : {}),
  };
}
