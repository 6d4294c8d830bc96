import { type CalendarZone, calendarZone } from "./calendar-zones.js";
import { type Component, type Property, parameter, propertyText } from "./ical.js";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A date or an instant of a calendar. */
export interface CalendarTime {
  /** A date: midnight counted as if it were UTC. Else an instant. */
  readonly ms: number;
  readonly isDate: boolean;
  /** Wall clock time, counted as if it were UTC. */
  readonly localMs: number;
  /** Undefined for UTC, and for what names no zone. */
  readonly zone: CalendarZone | undefined;
}

interface IcalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly isDate: boolean;
  readonly zone?: { readonly tzid?: string };
}

/** The first value of a property, in the zone that it names; undefined when it is missing or no time. */
export function timeOf(calendar: Component, event: Component, name: string): CalendarTime | undefined {
  const property = event.getFirstProperty(name);
  return property === null ? undefined : timesOf(calendar, property)[0];
}

/** The values of a property that are times. */
export function timesOf(calendar: Component, property: Property): CalendarTime[] {
  const tzid = parameter(property, "tzid");
  const zone = tzid === undefined ? undefined : calendarZone(calendar, tzid);
  const values: unknown[] = property.getValues();
  return values.map((value) => timeIn(value, zone)).filter((time) => time !== undefined);
}

/** A time whose value stands alone, such as an UNTIL: without a mark of UTC it is in `zone`. */
export function timeIn(value: unknown, zone: CalendarZone | undefined): CalendarTime | undefined {
  const time = value as Partial<IcalTime> | null;
  const { year = Number.NaN, month = Number.NaN, day = Number.NaN } = time ?? {};
  const { hour = 0, minute = 0, second = 0, isDate = false } = time ?? {};
  if (!(year >= 1970 && year <= 9999)) return undefined;
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second);
  if (!Number.isFinite(localMs)) return undefined;
  if (isDate) return { ms: localMs, isDate, localMs, zone };
  const isUtc = time?.zone?.tzid === "UTC";
  const own = isUtc ? undefined : zone;
  return { ms: own === undefined ? localMs : own.instantOf(localMs), isDate, localMs, zone: own };
}

/** When an event is. */
export interface EventTimes {
  readonly start: CalendarTime;
  readonly endMs: number;
  readonly isAllDay: boolean;
}

/** Undefined when the event has no start. A date without an end is that day; a time without one takes no time (RFC 5545, 3.6.1). */
export function eventTimes(calendar: Component, event: Component): EventTimes | undefined {
  const start = timeOf(calendar, event, "dtstart");
  if (start === undefined) return undefined;
  const end = timeOf(calendar, event, "dtend");
  if (start.isDate) {
    const endMs = end?.isDate === true ? end.ms : start.ms + (durationMs(event) ?? dayMs);
    return { start, endMs: Math.max(endMs, start.ms + dayMs), isAllDay: true };
  }
  const endMs = Math.max(end?.ms ?? start.ms + (durationMs(event) ?? 0), start.ms);
  const isDays = propertyText(event, "x-microsoft-cdo-alldayevent")?.toUpperCase() === "TRUE";
  if (!isDays || start.localMs % dayMs !== 0) return { start, endMs, isAllDay: false };
  const days = Math.max(1, Math.round((endMs - start.ms) / dayMs));
  const asDate = { ...start, ms: start.localMs, isDate: true };
  return { start: asDate, endMs: asDate.ms + days * dayMs, isAllDay: true };
}

/** How long before the start an alarm rings first, in seconds. */
export function reminderSecondsOf(event: Component): number | undefined {
  const seconds = event
    .getAllSubcomponents("valarm")
    .map((alarm) => durationOf(alarm.getFirstPropertyValue("trigger")))
    .filter((value) => value !== undefined && value <= 0)
    .map((value) => 0 - (value ?? 0));
  const first = Math.max(...seconds);
  return first >= 0 && first <= 0xffff ? first : undefined;
}

function durationMs(event: Component): number | undefined {
  const seconds = durationOf(event.getFirstPropertyValue("duration"));
  return seconds === undefined || seconds < 0
    ? undefined
    : Math.min(seconds * 1_000, 10_000 * 1_440 * minuteMs);
}

function durationOf(value: unknown): number | undefined {
  const duration = value as { icalclass?: string; toSeconds?(): number } | null;
  if (duration?.icalclass !== "icalduration") return undefined;
  const seconds = Number(duration.toSeconds?.());
  return Number.isFinite(seconds) ? seconds : undefined;
}
