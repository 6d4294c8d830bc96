const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Shorter than any time between two changes of a clock that is worth telling. */
const stepMs = 14 * dayMs;
/** No zone is further from UTC. */
const farthestMs = 15 * 3_600_000;

/** A change of a zone's clock. */
export interface ClockChange {
  readonly atMs: number;
  /** Local time less UTC, in minutes. */
  readonly fromMinutes: number;
  readonly toMinutes: number;
}

/** Tells a zone's local time less UTC at an instant, in minutes. */
export type OffsetAt = (instantMs: number) => number;

/** The offsets of an IANA time zone as Node knows them; undefined for a name that it does not. */
export function zoneOffsets(name: string): OffsetAt | undefined {
  const format = offsetFormat(name);
  if (format === undefined) return undefined;
  return (instantMs) => {
    const [, sign, hours = "0", minutes = "0", seconds = "0"] =
      /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(instantMs)) ?? [];
    const total = Number(hours) * 60 + Number(minutes) + Math.round(Number(seconds) / 60);
    return sign === "-" ? -total : total;
  };
}

/** The changes of a clock within a year of its local time, in order. */
export function clockChanges(offsetAt: OffsetAt, year: number): readonly ClockChange[] {
  const changes: ClockChange[] = [];
  const endMs = Date.UTC(year + 1, 0, 1) + farthestMs;
  let beforeMs = Date.UTC(year, 0, 1) - farthestMs;
  let fromMinutes = offsetAt(beforeMs);
  while (beforeMs < endMs) {
    const afterMs = Math.min(beforeMs + stepMs, endMs);
    const toMinutes = offsetAt(afterMs);
    if (toMinutes !== fromMinutes) {
      const atMs = changeBetween(beforeMs, afterMs, fromMinutes, offsetAt);
      const isInYear = new Date(atMs + fromMinutes * minuteMs).getUTCFullYear() === year;
      if (isInYear) changes.push({ atMs, fromMinutes, toMinutes });
    }
    beforeMs = afterMs;
    fromMinutes = toMinutes;
  }
  return changes;
}

function changeBetween(beforeMs: number, afterMs: number, fromMinutes: number, offsetAt: OffsetAt): number {
  let low = beforeMs;
  let high = afterMs;
  while (high - low > minuteMs) {
    const middle = Math.floor((low + high) / 2 / minuteMs) * minuteMs;
    if (offsetAt(middle) === fromMinutes) low = middle;
    else high = middle;
  }
  return high;
}

function offsetFormat(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  } catch {
    return undefined;
  }
}
