const minuteMs = 60_000;
const dayMs = 86_400_000;
const zoneBytes = 172;

/** UTC as a TimeZone structure ([MS-ASDTYPE] 2.7.6) in base64. */
export const utcTimezone: string = Buffer.alloc(zoneBytes).toString("base64");

interface Switch {
  readonly month: number;
  readonly dayOfWeek: number;
  /** 1 to 5, 5 the last. */
  readonly week: number;
  readonly timeOfDayMs: number;
  readonly biasMinutes: number;
}

interface Zone {
  /** UTC is local time and this. */
  readonly biasMinutes: number;
  readonly standard: Switch;
  readonly daylight: Switch;
}

/**
 * The UTC instant at which a day begins in a time zone, the day being the one whose midnight counted as if UTC is
 * `dayMidnightMs`. Where the clock skips midnight, that is the instant at which it does.
 */
export function instantOfDay(dayMidnightMs: number, timezone: string | undefined): number {
  const zone = readZone(timezone);
  if (zone === undefined) return dayMidnightMs;
  const inDaylight = dayMidnightMs + daylightBiasMs(zone);
  return isDaylight(inDaylight, zone) ? inDaylight : dayMidnightMs + standardBiasMs(zone);
}

/**
 * The day at whose midnight in a time zone `instantMs` is, as midnight counted as if UTC. Devices are not exact about that
 * midnight, so the nearest one is taken.
 */
export function dayOfInstant(instantMs: number, timezone: string | undefined): number {
  return nearestMidnight(localTime(instantMs, readZone(timezone)));
}

/** The day in a time zone that has `instantMs` in it, as midnight counted as if UTC. */
export function dayAroundInstant(instantMs: number, timezone: string | undefined): number {
  return Math.floor(localTime(instantMs, readZone(timezone)) / dayMs) * dayMs;
}

/** The midnight nearest to an instant, both counted as if UTC. */
export function nearestMidnight(instantMs: number): number {
  return Math.round(instantMs / dayMs) * dayMs;
}

function readZone(timezone: string | undefined): Zone | undefined {
  if (timezone === undefined) return undefined;
  const bytes = Buffer.from(timezone, "base64");
  if (bytes.length !== zoneBytes) return undefined;
  return {
    biasMinutes: bytes.readInt32LE(0),
    standard: readSwitch(bytes, 68),
    daylight: readSwitch(bytes, 152),
  };
}

function readSwitch(bytes: Buffer, offset: number): Switch {
  const word = (index: number): number => bytes.readUInt16LE(offset + index * 2);
  return {
    month: word(1),
    dayOfWeek: word(2),
    week: word(3),
    timeOfDayMs: (word(4) * 60 + word(5)) * minuteMs,
    biasMinutes: bytes.readInt32LE(offset + 16),
  };
}

function localTime(instantMs: number, zone: Zone | undefined): number {
  if (zone === undefined) return instantMs;
  return instantMs - (isDaylight(instantMs, zone) ? daylightBiasMs(zone) : standardBiasMs(zone));
}

function isDaylight(instantMs: number, zone: Zone): boolean {
  const { standard, daylight } = zone;
  if (standard.month === 0 || daylight.month === 0) return false;
  // A switch is given in the local time that it ends.
  const year = new Date(instantMs - standardBiasMs(zone)).getUTCFullYear();
  const daylightFrom = switchMs(year, daylight) + standardBiasMs(zone);
  const standardFrom = switchMs(year, standard) + daylightBiasMs(zone);
  return daylightFrom < standardFrom
    ? instantMs >= daylightFrom && instantMs < standardFrom
    : instantMs >= daylightFrom || instantMs < standardFrom;
}

function standardBiasMs({ biasMinutes, standard }: Zone): number {
  return (biasMinutes + standard.biasMinutes) * minuteMs;
}

function daylightBiasMs({ biasMinutes, daylight }: Zone): number {
  return (biasMinutes + daylight.biasMinutes) * minuteMs;
}

function switchMs(year: number, { month, dayOfWeek, week, timeOfDayMs }: Switch): number {
  const first = new Date(Date.UTC(year, month - 1, 1));
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  let day = 1 + ((dayOfWeek - first.getUTCDay() + 7) % 7) + (week - 1) * 7;
  while (day > daysInMonth) day -= 7;
  return Date.UTC(year, month - 1, day) + timeOfDayMs;
}
