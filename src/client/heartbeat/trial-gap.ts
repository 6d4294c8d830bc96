import {
  deadSecondCost,
  type FoundLimit,
  isLossy,
  marginSeconds,
  type PathKnowledge,
  type Surroundings,
} from "./path-knowledge.js";

const day = 24 * 3600;
/** Before any was seen: a limit moves up once in four weeks, as it were. */
const presumedRises = { count: 0.25, heldSeconds: 7 * day };
/** Whatever the costs: a day is soon enough, and more than four days are too late. */
const bounds = { least: day, most: 4 * day };

/**
 * How long a limit that holds is left alone at the most, in seconds. What a trial costs that dies, in requests, is weighed against the requests
 * that a limit would save which moved up unnoticed: the square-root rule for inspections. Where the limit has moved before, it may again.
 */
export function longestTrialGap(
  { carriedSeconds, falls, heldSeconds }: PathKnowledge,
  { seconds, exact }: Pick<FoundLimit, "seconds" | "exact">,
  around: Surroundings,
): number {
  if (isLossy(around)) return bounds.least;
  const carried = Math.max(1, carriedSeconds);
  const dead = exact ? 0 : (seconds - carried) / 2 + marginSeconds;
  const trialCost = 1 + dead * deadSecondCost;
  // It may move up by anything: half of what there is to gain.
  const savedPerSecond = Math.max(0, 1 / carried - 1 / around.mostSeconds) / 2;
  const risesPerSecond =
    ((falls?.count ?? 0) + presumedRises.count) / (heldSeconds + presumedRises.heldSeconds);
  const gap = Math.sqrt((2 * trialCost) / (risesPerSecond * savedPerSecond));
  return Math.min(bounds.most, Math.max(bounds.least, gap));
}
