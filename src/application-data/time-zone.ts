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

/** The UTC instant of midnight in a time zone, of the day whose midnight counted as if UTC is `dayMidnightMs`. */
export function instantOfDay(dayMidnightMs: number, timezone: string | undefined): number {
  return dayMidnightMs + biasMinutesAt(dayMidnightMs, readZone(timezone)) * minuteMs;
}

/**
 * The day at whose midnight in a time zone `instantMs` is, as midnight counted as if UTC. Devices are not exact about that
 * midnight, so the nearest one is taken.
 */
export function dayOfInstant(instantMs: number, timezone: string | undefined): number {
  const zone = readZone(timezone);
  const standardLocal = instantMs - (zone?.biasMinutes ?? 0) * minuteMs;
  return nearestMidnight(instantMs - biasMinutesAt(standardLocal, zone) * minuteMs);
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

function biasMinutesAt(localMs: number, zone: Zone | undefined): number {
  if (zone === undefined) return 0;
  const { biasMinutes, standard, daylight } = zone;
  if (standard.month === 0 || daylight.month === 0) return biasMinutes + standard.biasMinutes;
  const year = new Date(localMs).getUTCFullYear();
  const daylightFrom = switchMs(year, daylight);
  const standardFrom = switchMs(year, standard);
  const isDaylight =
    daylightFrom < standardFrom
      ? localMs >= daylightFrom && localMs < standardFrom
      : localMs >= daylightFrom || localMs < standardFrom;
  return biasMinutes + (isDaylight ? daylight : standard).biasMinutes;
}

function switchMs(year: number, { month, dayOfWeek, week, timeOfDayMs }: Switch): number {
  const first = new Date(Date.UTC(year, month - 1, 1));
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  let day = 1 + ((dayOfWeek - first.getUTCDay() + 7) % 7) + (week - 1) * 7;
  while (day > daysInMonth) day -= 7;
  return Date.UTC(year, month - 1, day) + timeOfDayMs;
}
