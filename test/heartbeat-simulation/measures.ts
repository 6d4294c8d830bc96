import type { DeviceRun, DeviceWeek, HeldInterval } from "./device-week.js";

/** What one strategy came to on one network. */
export interface Measures {
  readonly requestsPerDay: number;
  readonly failuresPerWeek: number;
  /** Minutes in which a mail would not have been pushed. */
  readonly deadMinutesPerDay: number;
  readonly meanDelaySeconds: number;
  /** When the limit was found for good; Infinity for never. */
  readonly foundAfterSeconds: number;
  /** Up to that time, or in the whole week where it was never found. */
  readonly failuresUntilFound: number;
  readonly deadMinutesUntilFound: number;
  /** The mean of what was carried to its end from then on; in the week's last half where it was never found. NaN for none. */
  readonly intervalAfterwardsSeconds: number;
}

/** The longest interval that a server grants. */
const most = 3540;
/** So near to the longest that is carried an interval has to be; a little more than it is tried now and then. */
const nearEnough = { least: 0.85, most: 1.05 };
/** So many intervals in a row end well where the limit is found. */
const soundIntervals = 6;
/** And so many of all that follow are near, or it was luck. */
const keptShare = 0.75;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function isNear({ network }: DeviceWeek, interval: HeldInterval): boolean {
  const ideal = Math.min(most, network.idealSeconds(interval.atSeconds));
  const share = interval.askedSeconds / ideal;
  return interval.outcome !== "failed" && share >= nearEnough.least && share <= nearEnough.most;
}

/** When a run of near intervals begins that is not lost again: most of those that follow are near as well. */
function foundAt(week: DeviceWeek, intervals: readonly HeldInterval[]): number {
  const near = intervals.map((interval) => isNear(week, interval));
  let found = Number.POSITIVE_INFINITY;
  let nearOnes = 0;
  let run = 0;
  for (let index = near.length - 1; index >= 0; index--) {
    run = near[index] === true ? run + 1 : 0;
    nearOnes += near[index] === true ? 1 : 0;
    if (run >= soundIntervals && nearOnes >= keptShare * (near.length - index))
      found = intervals[index]?.atSeconds ?? 0;
  }
  return found;
}

function meanCarried(intervals: readonly HeldInterval[]): number {
  const carried = intervals.filter(({ outcome }) => outcome === "expired");
  return sum(carried.map(({ askedSeconds }) => askedSeconds)) / carried.length;
}

export function measure(week: DeviceWeek, { intervals, mailDelays }: DeviceRun): Measures {
  const days = week.seconds / 86_400;
  const failures = (of: readonly HeldInterval[]) => of.filter(({ outcome }) => outcome === "failed").length;
  const deadMinutes = (of: readonly HeldInterval[]) => sum(of.map(({ deadSeconds }) => deadSeconds)) / 60;
  const foundAfterSeconds = foundAt(week, intervals);
  const before = intervals.filter(({ atSeconds }) => atSeconds < foundAfterSeconds);
  const from = Math.min(foundAfterSeconds, week.seconds / 2);
  return {
    requestsPerDay: intervals.length / days,
    failuresPerWeek: failures(intervals) / (days / 7),
    deadMinutesPerDay: deadMinutes(intervals) / days,
    meanDelaySeconds: mailDelays.length === 0 ? 0 : sum(mailDelays) / mailDelays.length,
    foundAfterSeconds,
    failuresUntilFound: failures(before),
    deadMinutesUntilFound: deadMinutes(before),
    intervalAfterwardsSeconds: meanCarried(intervals.filter(({ atSeconds }) => atSeconds >= from)),
  };
}
