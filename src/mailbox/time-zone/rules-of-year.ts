import { type ClockChange, clockChanges, type OffsetAt } from "./clock-changes.js";
import { type ClockSwitch, noSwitch, type TimeZoneRules } from "./time-zone-rules.js";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * The rules by which a clock goes in a year. The later time of the two is daylight saving time. A clock that is changed once, for good, gets a second switch as
 * the year begins; of more than two changes the first of each kind before a longest period counts.
 */
export function rulesOfYear(offsetAt: OffsetAt, year: number, standardName = ""): TimeZoneRules {
  const changes = clockChanges(offsetAt, year);
  const [first] = changes;
  if (first === undefined) {
    const biasMinutes = 0 - offsetAt(Date.UTC(year, 6, 1));
    return { biasMinutes, standardName, standard: noSwitch, daylight: noSwitch };
  }
  const { forward, back } = twoOf(changes, year);
  return {
    biasMinutes: 0 - back.toMinutes,
    standardName,
    standard: switchOf(back, 0),
    daylight: switchOf(forward, back.toMinutes - forward.toMinutes),
  };
}

/** The two changes that a year's rules can tell. */
function twoOf(
  changes: readonly ClockChange[],
  year: number,
): { readonly forward: ClockChange; readonly back: ClockChange } {
  const isForward = ({ fromMinutes, toMinutes }: ClockChange): boolean => toMinutes > fromMinutes;
  const forward = changes.find(isForward);
  // A pause in the summer is left out: of what comes after it the last counts.
  const back = changes.findLast((change) => !isForward(change));
  if (forward !== undefined && back !== undefined) return { forward, back };
  const only = (forward ?? back) as ClockChange;
  const begin = {
    atMs: Date.UTC(year, 0, 1) - only.toMinutes * minuteMs,
    fromMinutes: only.toMinutes,
    toMinutes: only.fromMinutes,
  };
  return forward === undefined ? { forward: begin, back: only } : { forward, back: begin };
}

function switchOf({ atMs, fromMinutes }: ClockChange, biasMinutes: number): ClockSwitch {
  const local = new Date(atMs + fromMinutes * minuteMs);
  const day = local.getUTCDate();
  const daysInMonth = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate();
  return {
    year: 0,
    month: local.getUTCMonth() + 1,
    dayOfWeek: local.getUTCDay(),
    week: day + 7 > daysInMonth ? 5 : Math.ceil(day / 7),
    timeOfDayMs: local.getTime() % dayMs,
    biasMinutes,
  };
}
