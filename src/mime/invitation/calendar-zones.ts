import { type OffsetAt, zoneOffsets } from "../../mailbox/time-zone/clock-changes.js";
import { rulesOfYear } from "../../mailbox/time-zone/rules-of-year.js";
import {
  type ClockSwitch,
  instantOfLocalTime,
  noSwitch,
  type TimeZoneRules,
  writeTimeZone,
} from "../../mailbox/time-zone/time-zone-rules.js";
import { ianaOfWindowsZone, windowsZoneOfIana } from "../../mailbox/time-zone/windows-zones.js";
import { type Component, propertyText } from "./ical.js";

const minuteMs = 60_000;

/** A time zone of a calendar. */
export interface CalendarZone {
  /** The instant of a wall clock time, counted as if it were UTC. */
  instantOf(localMs: number): number;
  /** As a TimeZone structure in base64 with the rules of a year. */
  structure(year: number): string;
}

/** The zone that a TZID of a calendar stands for: an IANA or Windows name, else what its VTIMEZONE says; undefined when nothing tells. */
export function calendarZone(calendar: Component, tzid: string): CalendarZone | undefined {
  const name = namesIn(tzid).find((candidate) => zoneOffsets(candidate) !== undefined);
  const offsetAt = name === undefined ? undefined : zoneOffsets(name);
  if (name !== undefined && offsetAt !== undefined) return knownZone(name, offsetAt);
  const definition = calendar
    .getAllSubcomponents("vtimezone")
    .find((component) => propertyText(component, "tzid") === tzid);
  return definition === undefined ? undefined : definedZone(definition);
}

interface RuleParts {
  readonly BYDAY?: readonly unknown[];
  readonly BYMONTH?: readonly unknown[];
  readonly BYMONTHDAY?: readonly unknown[];
}

/** What of a TZID can be a name: some programs put a path before it. */
function namesIn(tzid: string): string[] {
  const parts = tzid.split("/").filter((part) => part !== "");
  const tails = [3, 2].map((count) => parts.slice(-count).join("/"));
  return [ianaOfWindowsZone(tzid) ?? tzid, ...tails].filter((name) => name !== "");
}

function knownZone(name: string, offsetAt: OffsetAt): CalendarZone {
  return {
    instantOf: (localMs) => {
      const first = localMs - offsetAt(localMs) * minuteMs;
      const second = localMs - offsetAt(first) * minuteMs;
      // In a gap neither fits: the later is as far behind it as the time is into it.
      return offsetAt(second) === offsetAt(first) ? second : Math.max(first, second);
    },
    structure: (year) => writeTimeZone(rulesOfYear(offsetAt, year, windowsZoneOfIana(name))),
  };
}

/** Only what a TimeZone structure can say is read: rules are never run through, and no calendar can keep the process busy. */
function definedZone(definition: Component): CalendarZone | undefined {
  const standard = latest(definition, "standard");
  const daylight = latest(definition, "daylight");
  const standardOffset = standard === undefined ? undefined : offsetOf(standard);
  const daylightOffset = daylight === undefined ? undefined : offsetOf(daylight);
  const biasMinutes = standardOffset ?? daylightOffset;
  if (biasMinutes === undefined) return undefined;
  const toStandard = standard === undefined ? undefined : switchOf(standard, 0);
  const toDaylight =
    daylight === undefined || daylightOffset === undefined
      ? undefined
      : switchOf(daylight, biasMinutes - daylightOffset);
  const changes = toStandard !== undefined && toDaylight !== undefined;
  const rules: TimeZoneRules = {
    biasMinutes: 0 - biasMinutes,
    standardName: "",
    standard: changes ? toStandard : noSwitch,
    daylight: changes ? toDaylight : noSwitch,
  };
  return {
    instantOf: (localMs) => instantOfLocalTime(localMs, rules),
    structure: () => writeTimeZone(rules),
  };
}

/** The rules of a kind that began last. */
function latest(definition: Component, kind: "standard" | "daylight"): Component | undefined {
  const began = (component: Component): string => String(component.getFirstPropertyValue("dtstart") ?? "");
  return definition
    .getAllSubcomponents(kind)
    .reduce<Component | undefined>(
      (last, next) => (last === undefined || began(next) >= began(last) ? next : last),
      undefined,
    );
}

function offsetOf(rules: Component): number | undefined {
  const seconds = Number(
    (rules.getFirstPropertyValue("tzoffsetto") as { toSeconds?(): number } | null)?.toSeconds?.(),
  );
  return Number.isFinite(seconds) ? Math.round(seconds / 60) : undefined;
}

const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

function switchOf(rules: Component, biasMinutes: number): ClockSwitch | undefined {
  const rule = rules.getFirstPropertyValue("rrule") as {
    freq?: string;
    parts?: RuleParts;
  } | null;
  const start = rules.getFirstPropertyValue("dtstart") as {
    month?: number;
    hour?: number;
    minute?: number;
  } | null;
  if (rule?.freq !== "YEARLY") return undefined;
  const [, nth = "", day = ""] = /^([+-]?\d)?([A-Z]{2})$/.exec(String(rule.parts?.BYDAY?.[0] ?? "")) ?? [];
  const dayOfWeek = weekdays.indexOf(day);
  const earliestDay = Math.min(...(rule.parts?.BYMONTHDAY ?? []).map(Number));
  const week = nth === "-1" ? 5 : Number(nth || Math.ceil(earliestDay / 7));
  const month = Number(rule.parts?.BYMONTH?.[0] ?? start?.month);
  const timeOfDayMs = ((start?.hour ?? 0) * 60 + (start?.minute ?? 0)) * minuteMs;
  const isWhole = dayOfWeek >= 0 && week >= 1 && week <= 5 && month >= 1 && month <= 12 && timeOfDayMs >= 0;
  return isWhole ? { year: 0, month, dayOfWeek, week, timeOfDayMs, biasMinutes } : undefined;
}
