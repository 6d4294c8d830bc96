import { clockChanges, zoneOffsets } from "./clock-changes.js";
import { rulesOfYear } from "./rules-of-year.js";
import { biasMs, readTimeZone, switchMs, type TimeZoneRules, writeTimeZone } from "./time-zone-rules.js";
import { commonZones, ianaOfWindowsZone, windowsZoneOfIana } from "./windows-zones.js";

const minuteMs = 60_000;
const firstYear = 1970;
const lastYear = 2999;
/** Rules that are further apart in a year than this, both switches taken together, are not those of one zone. */
const farthestApartMs = 15 * 86_400_000;
/** Windows ends a day a millisecond early. */
const sameMs = minuteMs;
const maxYearsKept = 8;

/**
 * The TimeZone structure ([MS-ASDTYPE] 2.7.6), in base64, of an IANA time zone such as `Europe/Berlin`: for `timezone` of appointments and meeting
 * requests.
 *
 * @param year the structure has one year's rules, 1970 to 2999: best that of the appointment, or in which a series begins. A clock that was changed for good in that year is
 *   right for that year alone; of more than two changes (Ramadan) the first forward and the last back count.
 * @returns undefined for a zone that Node does not know, or a year out of range.
 */
export function timeZoneOf(ianaName: string, year: number): string | undefined {
  if (!isYear(year)) return undefined;
  const offsetAt = zoneOffsets(ianaName);
  if (offsetAt === undefined) return undefined;
  return writeTimeZone(rulesOfYear(offsetAt, year, windowsZoneOfIana(ianaName)));
}

/** What helps to name a zone, where many have the same rules. */
export interface IanaNameHints {
  /** The year whose rules are compared, 1970 to 2999: best that of the appointment. Default: this year. */
  readonly year?: number;
  /** The IANA name that is taken if its rules fit: best the zone that the user lives in. */
  readonly preferred?: string;
}

/**
 * The IANA time zone that fits a TimeZone structure in base64, as devices send it, best: `preferred` if it has the same rules, else the zone that the structure names
 * (as Windows or as IANA does) if that has nearly the same rules, else a well-known zone with them, else the one whose clock is changed at nearly the same times. The first
 * call for a year takes some tenths of a second.
 *
 * @returns undefined for what is no TimeZone structure, and where nothing is near it.
 */
export function ianaNameOf(timezone: string, hints: IanaNameHints = {}): string | undefined {
  const rules = readTimeZone(timezone);
  const year = hints.year ?? new Date().getUTCFullYear();
  if (rules === undefined || !isYear(year)) return undefined;
  const wanted = shapeOf(rules, year);
  const { preferred = "" } = hints;
  if (isWithin(preferred, wanted, year, sameMs)) return preferred;
  const named = ianaOfWindowsZone(rules.standardName) ?? rules.standardName;
  if (isWithin(named, wanted, year, farthestApartMs)) return named;
  return nearest(wanted, year);
}

/** How a zone's clock goes in a year. */
interface Shape {
  /** Local time less UTC, in minutes, in standard and in daylight saving time. */
  readonly standard: number;
  readonly daylight: number;
  /** When each begins; none where the clock is never changed. */
  readonly standardFromMs: number | undefined;
  readonly daylightFromMs: number | undefined;
}

const shapesOfYears = new Map<number, ReadonlyMap<string, Shape>>();

function isWithin(name: string, wanted: Shape, year: number, apartMs: number): boolean {
  const shape = name === "" ? undefined : shapeOfZone(name, year);
  return shape !== undefined && distance(shape, wanted) <= apartMs;
}

function nearest(wanted: Shape, year: number): string | undefined {
  let best: string | undefined;
  let bestDistance = farthestApartMs + 1;
  for (const [name, shape] of shapesOf(year)) {
    const apart = distance(shape, wanted);
    if (apart <= sameMs) return name;
    if (apart < bestDistance) {
      best = name;
      bestDistance = apart;
    }
  }
  return best;
}

function shapesOf(year: number): ReadonlyMap<string, Shape> {
  const known = shapesOfYears.get(year);
  if (known !== undefined) return known;
  const shapes = new Map<string, Shape>();
  for (const name of new Set([...commonZones, ...Intl.supportedValuesOf("timeZone")])) {
    const shape = shapeOfZone(name, year);
    if (shape !== undefined) shapes.set(name, shape);
  }
  // A device can name any year.
  const [oldest] = shapesOfYears.size < maxYearsKept ? [] : shapesOfYears.keys();
  if (oldest !== undefined) shapesOfYears.delete(oldest);
  shapesOfYears.set(year, shapes);
  return shapes;
}

function shapeOfZone(name: string, year: number): Shape | undefined {
  const offsetAt = zoneOffsets(name);
  if (offsetAt === undefined) return undefined;
  // A clock that is changed for good is told by two switches, and no device tells it otherwise.
  if (clockChanges(offsetAt, year).length === 0) return unchanging(offsetAt(Date.UTC(year, 6, 1)));
  return shapeOf(rulesOfYear(offsetAt, year), year);
}

function shapeOf(rules: TimeZoneRules, year: number): Shape {
  const standard = 0 - biasMs(rules, false) / minuteMs;
  const daylight = 0 - biasMs(rules, true) / minuteMs;
  if (rules.standard.month === 0 || rules.daylight.month === 0 || standard === daylight) {
    return unchanging(standard);
  }
  return {
    standard,
    daylight,
    standardFromMs: switchMs(year, rules.standard) + biasMs(rules, true),
    daylightFromMs: switchMs(year, rules.daylight) + biasMs(rules, false),
  };
}

function unchanging(offset: number): Shape {
  return { standard: offset, daylight: offset, standardFromMs: undefined, daylightFromMs: undefined };
}

/** 0 for the same, infinite for those of which one cannot stand for the other. */
function distance(one: Shape, other: Shape): number {
  if (one.standard !== other.standard || one.daylight !== other.daylight) return Number.POSITIVE_INFINITY;
  if (one.standardFromMs === undefined || one.daylightFromMs === undefined) return 0;
  if (other.standardFromMs === undefined || other.daylightFromMs === undefined)
    return Number.POSITIVE_INFINITY;
  return (
    Math.abs(one.standardFromMs - other.standardFromMs) + Math.abs(one.daylightFromMs - other.daylightFromMs)
  );
}

function isYear(year: number): boolean {
  return Number.isInteger(year) && year >= firstYear && year <= lastYear;
}
