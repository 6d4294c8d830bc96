const minuteMs = 60_000;
const zoneBytes = 172;
const maxNameCharacters = 31;

/** When the clock is changed: on the n-th weekday of a month. */
export interface ClockSwitch {
  /** 0 recurs each year; else the switch is on `week` as the day of the month, in that year alone. */
  readonly year: number;
  /** 1 to 12; 0: the zone has no daylight saving time. */
  readonly month: number;
  /** 0 Sunday to 6 Saturday. */
  readonly dayOfWeek: number;
  /** 1 to 5, 5 the last. */
  readonly week: number;
  /** In the local time that ends. */
  readonly timeOfDayMs: number;
  /** Added to the zone's bias from then on. */
  readonly biasMinutes: number;
}

/** What a TimeZone structure says ([MS-ASDTYPE] 2.7.6). */
export interface TimeZoneRules {
  /** UTC is local time and this. */
  readonly biasMinutes: number;
  /** Often empty. */
  readonly standardName: string;
  readonly standard: ClockSwitch;
  readonly daylight: ClockSwitch;
}

/** A switch that never comes. */
export const noSwitch: ClockSwitch = {
  year: 0,
  month: 0,
  dayOfWeek: 0,
  week: 0,
  timeOfDayMs: 0,
  biasMinutes: 0,
};

/** Reads a TimeZone structure in base64; undefined when it is none. */
export function readTimeZone(timezone: string | undefined): TimeZoneRules | undefined {
  if (timezone === undefined) return undefined;
  const bytes = Buffer.from(timezone, "base64");
  if (bytes.length !== zoneBytes) return undefined;
  return {
    biasMinutes: bytes.readInt32LE(0),
    standardName: bytes.toString("utf16le", 4, 68).replace(/\0.*$/s, ""),
    standard: readSwitch(bytes, 68),
    daylight: readSwitch(bytes, 152),
  };
}

/** A TimeZone structure in base64. */
export function writeTimeZone({ biasMinutes, standardName, standard, daylight }: TimeZoneRules): string {
  const bytes = Buffer.alloc(zoneBytes);
  bytes.writeInt32LE(biasMinutes, 0);
  bytes.write(standardName.slice(0, maxNameCharacters), 4, "utf16le");
  writeSwitch(bytes, 68, standard);
  writeSwitch(bytes, 152, daylight);
  return bytes.toString("base64");
}

/** Local wall clock time, counted as if it were UTC. */
export function localTimeMs(instantMs: number, rules: TimeZoneRules): number {
  return instantMs - biasMs(rules, isDaylight(instantMs, rules));
}

/** The contrary of {@link localTimeMs}. Of a time that comes twice the first; a time that is skipped is as far behind the switch as it is into the gap. */
export function instantOfLocalTime(localMs: number, rules: TimeZoneRules): number {
  const inDaylight = localMs + biasMs(rules, true);
  if (isDaylight(inDaylight, rules)) return inDaylight;
  return localMs + biasMs(rules, false);
}

/** Whether daylight saving time is in force. */
function isDaylight(instantMs: number, rules: TimeZoneRules): boolean {
  const { standard, daylight } = rules;
  if (standard.month === 0 || daylight.month === 0) return false;
  // A switch is given in the local time that it ends.
  const year = new Date(instantMs - biasMs(rules, false)).getUTCFullYear();
  const daylightFrom = switchMs(year, daylight) + biasMs(rules, false);
  const standardFrom = switchMs(year, standard) + biasMs(rules, true);
  return daylightFrom < standardFrom
    ? instantMs >= daylightFrom && instantMs < standardFrom
    : instantMs >= daylightFrom || instantMs < standardFrom;
}

/** UTC less local time. */
export function biasMs({ biasMinutes, standard, daylight }: TimeZoneRules, inDaylight: boolean): number {
  return (biasMinutes + (inDaylight ? daylight : standard).biasMinutes) * minuteMs;
}

/** When a switch is in a year: local time that ends, counted as if it were UTC. */
export function switchMs(year: number, { month, dayOfWeek, week, timeOfDayMs, ...at }: ClockSwitch): number {
  if (at.year !== 0) return Date.UTC(at.year, month - 1, week) + timeOfDayMs;
  const first = new Date(Date.UTC(year, month - 1, 1));
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  let day = 1 + ((dayOfWeek - first.getUTCDay() + 7) % 7) + (week - 1) * 7;
  while (day > daysInMonth) day -= 7;
  return Date.UTC(year, month - 1, day) + timeOfDayMs;
}

function readSwitch(bytes: Buffer, offset: number): ClockSwitch {
  const word = (index: number): number => bytes.readUInt16LE(offset + index * 2);
  return {
    year: word(0),
    month: word(1),
    dayOfWeek: word(2),
    week: word(3),
    timeOfDayMs: (word(4) * 60 + word(5)) * minuteMs + word(6) * 1_000 + word(7),
    biasMinutes: bytes.readInt32LE(offset + 16),
  };
}

function writeSwitch(bytes: Buffer, offset: number, { timeOfDayMs, biasMinutes, ...at }: ClockSwitch): void {
  const time = new Date(timeOfDayMs);
  const words = [
    at.year,
    at.month,
    at.dayOfWeek,
    at.week,
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
    time.getUTCMilliseconds(),
  ];
  for (const [index, word] of words.entries()) bytes.writeUInt16LE(word, offset + index * 2);
  bytes.writeInt32LE(biasMinutes, offset + 16);
}
