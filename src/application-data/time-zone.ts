import { instantOfLocalTime, localTimeMs, readTimeZone } from "../mailbox/time-zone/time-zone-rules.js";

const dayMs = 86_400_000;
const zoneBytes = 172;

/** UTC as a TimeZone structure ([MS-ASDTYPE] 2.7.6) in base64. */
export const utcTimezone: string = Buffer.alloc(zoneBytes).toString("base64");

/**
 * The UTC instant at which a day begins in a time zone, the day being the one whose midnight counted as if UTC is
 * `dayMidnightMs`. Where the clock skips midnight, that is the instant at which it does.
 */
export function instantOfDay(dayMidnightMs: number, timezone: string | undefined): number {
  const zone = readTimeZone(timezone);
  return zone === undefined ? dayMidnightMs : instantOfLocalTime(dayMidnightMs, zone);
}

/**
 * The day at whose midnight in a time zone `instantMs` is, as midnight counted as if UTC. Devices are not exact about that
 * midnight, so the nearest one is taken.
 */
export function dayOfInstant(instantMs: number, timezone: string | undefined): number {
  return nearestMidnight(localTime(instantMs, timezone));
}

/** The day in a time zone that has `instantMs` in it, as midnight counted as if UTC. */
export function dayAroundInstant(instantMs: number, timezone: string | undefined): number {
  return Math.floor(localTime(instantMs, timezone) / dayMs) * dayMs;
}

/** The midnight nearest to an instant, both counted as if UTC. */
export function nearestMidnight(instantMs: number): number {
  return Math.round(instantMs / dayMs) * dayMs;
}

function localTime(instantMs: number, timezone: string | undefined): number {
  const zone = readTimeZone(timezone);
  return zone === undefined ? instantMs : localTimeMs(instantMs, zone);
}
