import { timeZoneOf } from "../mailbox/time-zone/time-zone.js";
import {
  biasMs,
  type ClockSwitch,
  instantOfLocalTime,
  localTimeMs,
  readTimeZone,
  switchMs,
  type TimeZoneRules,
} from "../mailbox/time-zone/time-zone-rules.js";
import { ianaOfWindowsZone } from "../mailbox/time-zone/windows-zones.js";
import { contentLine } from "./content-line.js";

const minuteMs = 60_000;
/** Windows ends a day a millisecond early. */
const sameMs = minuteMs;
const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
/** The rules are written as from this year on. */
const firstYear = 1970;

/** A time zone that a calendar brings along. */
export interface CalendarZone {
  readonly tzid: string;
  /** Wall clock time, counted as if it were UTC. */
  localMs(instantMs: number): number;
  instantMs(localMs: number): number;
  /** The VTIMEZONE (RFC 5545, 3.6.5). */
  readonly lines: readonly string[];
}

/**
 * The zone of a TimeZone structure ([MS-ASDTYPE] 2.7.6) in base64. It has the IANA name that the structure tells if the rules are the same, else one that no program
 * takes for a zone that it knows.
 *
 * @param year whose rules are compared.
 * @returns undefined for UTC, and for what is no such structure.
 */
export function calendarZone(timezone: string | undefined, year: number): CalendarZone | undefined {
  const rules = readTimeZone(timezone);
  if (rules === undefined) return undefined;
  const isChanged = hasSwitches(rules);
  if (!isChanged && biasMs(rules, false) === 0) return undefined;
  const tzid = knownName(rules, year) ?? `(UTC${offsetText(0 - biasMs(rules, false))})`;
  return {
    tzid,
    localMs: (instantMs) => localTimeMs(instantMs, rules),
    instantMs: (localMs) => instantOfLocalTime(localMs, rules),
    lines: [
      "BEGIN:VTIMEZONE",
      contentLine("TZID", tzid),
      ...(isChanged
        ? [...switchLines(rules, false), ...switchLines(rules, true)]
        : fixedLines(0 - biasMs(rules, false))),
      "END:VTIMEZONE",
    ],
  };
}

function hasSwitches(rules: TimeZoneRules): boolean {
  const isTold = rules.standard.month !== 0 && rules.daylight.month !== 0;
  return isTold && biasMs(rules, true) !== biasMs(rules, false);
}

function knownName(rules: TimeZoneRules, year: number): string | undefined {
  const name = ianaOfWindowsZone(rules.standardName) ?? rules.standardName;
  const known = name === "" ? undefined : readTimeZone(timeZoneOf(name, year));
  return known !== undefined && isSame(rules, known, year) ? name : undefined;
}

function isSame(one: TimeZoneRules, other: TimeZoneRules, year: number): boolean {
  if (biasMs(one, false) !== biasMs(other, false) || hasSwitches(one) !== hasSwitches(other)) return false;
  if (!hasSwitches(one)) return true;
  const isNear = (a: ClockSwitch, b: ClockSwitch): boolean =>
    Math.abs(switchMs(year, a) - switchMs(year, b)) <= sameMs;
  const isShifted = biasMs(one, true) === biasMs(other, true);
  return isShifted && isNear(one.standard, other.standard) && isNear(one.daylight, other.daylight);
}

function fixedLines(offsetMs: number): readonly string[] {
  const offset = offsetText(offsetMs);
  return [
    "BEGIN:STANDARD",
    `DTSTART:${localText(Date.UTC(firstYear, 0, 1))}`,
    `TZOFFSETFROM:${offset}`,
    `TZOFFSETTO:${offset}`,
    "END:STANDARD",
  ];
}

function switchLines(rules: TimeZoneRules, toDaylight: boolean): readonly string[] {
  const at = toDaylight ? rules.daylight : rules.standard;
  const kind = toDaylight ? "DAYLIGHT" : "STANDARD";
  const week = at.week >= 5 ? -1 : at.week;
  const rule = `RRULE:FREQ=YEARLY;BYMONTH=${at.month};BYDAY=${week}${weekdays[at.dayOfWeek] ?? "SU"}`;
  return [
    `BEGIN:${kind}`,
    `DTSTART:${localText(switchMs(firstYear, at))}`,
    `TZOFFSETFROM:${offsetText(0 - biasMs(rules, !toDaylight))}`,
    `TZOFFSETTO:${offsetText(0 - biasMs(rules, toDaylight))}`,
    ...(at.year === 0 ? [rule] : []),
    `END:${kind}`,
  ];
}

function offsetText(offsetMs: number): string {
  const minutes = Math.abs(Math.round(offsetMs / minuteMs));
  const digits = (value: number): string => String(value).padStart(2, "0");
  return `${offsetMs < 0 ? "-" : "+"}${digits(Math.floor(minutes / 60))}${digits(minutes % 60)}`;
}

/** A time without a zone: `20260101T090000`. */
export function localText(localMs: number): string {
  return new Date(localMs).toISOString().replaceAll(/[-:]|\.\d{3}Z/g, "");
}
