import {
  beliefOf,
  type Doubt,
  type FoundLimit,
  growth,
  type PathKnowledge,
  reliedOn,
  type Surroundings,
} from "./path-knowledge.js";
import { longestTrialGap } from "./trial-gap.js";
import { isLossKnown, noted } from "./tried-intervals.js";

/** Where one of so many intervals is lost, the first failure is no surprise: no short interval need prove that the path is alive. */
const frequentLosses = 20;
/** Where so many are, a second one in a row is none either: the limit varies. */
const expectedLoss = 0.15;
/** So many times something longer has to be carried, at the most, before a limit that was confirmed as often is given up. */
const mostPasses = 3;
/** And so many where longer intervals are carried now and then: as many as are no luck. */
const mostLuckyPasses = 6;
const lucky = 0.05;
/** Falls and losses before any was seen. */
const presumed = 0.125;
/**
 * Where so much is carried and no limit is known, the first longer interval that died leaves enough doubt of that to make sure of it with a
 * shorter one.
 */
const dearSeconds = 1800;
const longestRetryDelay = 24 * 3600;
/** Intervals of less than this part of what works tell nothing about its limit. */
const tellingShare = 0.5;

/** The path after an interval, and whether it was lost by chance: 0 for not at all, 1 for certainly. */
export interface PathAfter {
  readonly path: PathKnowledge;
  readonly lost: number;
}

/**
 * When what died `failures` times is tried again: sooner where losses are frequent, as they feign limits.
 *
 * @param longestSeconds from now.
 */
function retryAt(failures: number, around: Surroundings, longestSeconds: number): number {
  const delay = (around.meanLossSeconds / 12) * 2 ** (failures - 1);
  return around.nowSeconds + Math.min(longestSeconds, delay);
}

function limitAt(
  path: PathKnowledge,
  { seconds, exact, confirmations }: Pick<FoundLimit, "seconds" | "exact" | "confirmations">,
  around: Surroundings,
): FoundLimit {
  const longestSeconds = longestTrialGap(path, { seconds, exact }, around);
  const retryAtSeconds = retryAt(confirmations, around, longestSeconds);
  return { seconds, exact, confirmations, passes: 0, retryAtSeconds };
}

/** How often a limit at `seconds` is confirmed with this failure: one found a little above it is taken for the same. */
function confirmed({ limit }: PathKnowledge, seconds: number): number {
  return limit !== undefined && limit.seconds <= seconds * growth ** 2 ? limit.confirmations + 1 : 1;
}

/** What remains of the path without the named parts. */
function without(path: PathKnowledge, ...parts: readonly ("limit" | "doubt")[]): PathKnowledge {
  const rest = { ...path };
  for (const part of parts) delete rest[part];
  return rest;
}

const lossChance = (path: PathKnowledge, seconds: number): number =>
  isLossKnown(path.tried, seconds) ? beliefOf(path).lossChance(seconds) : 0;

/** The path after it carried `seconds`, of `askedSeconds` that were asked for. */
export function carried(
  path: PathKnowledge,
  askedSeconds: number,
  seconds: number,
  around: Surroundings,
): PathAfter {
  if (path.doubt !== undefined) return doubtCarried(path, path.doubt, askedSeconds, seconds, around);
  const { limit } = path;
  const telling = seconds >= path.carriedSeconds * tellingShare;
  const same = telling ? { ...path, tried: noted(path.tried, seconds, { carried: 1 }) } : path;
  if (seconds <= path.carriedSeconds) return { path: same, lost: 0 };
  const longer = { ...same, carriedSeconds: seconds };
  if (limit === undefined || seconds * growth < limit.seconds) return { path: longer, lost: 0 };
  const passes = limit.passes + 1;
  if (passes < passesNeeded(path, limit, seconds))
    return { path: { ...same, limit: { ...limit, passes } }, lost: 0 };
  if (seconds < limit.seconds) return { path: { ...longer, limit: { ...limit, passes: 0 } }, lost: 0 };
  return { path: withoutLimit(longer, path.carriedSeconds, seconds), lost: 1 };
}

/** How often something longer has to be carried in a row until that is no luck. */
function passesNeeded(path: PathKnowledge, limit: FoundLimit, seconds: number): number {
  const usual = Math.min(mostPasses, limit.confirmations);
  const chance = lossChance(path, seconds);
  if (chance <= 0) return usual;
  return Math.max(
    usual,
    Math.min(mostLuckyPasses, Math.ceil(Math.log(lucky) / Math.log(1 - Math.min(0.95, chance)))),
  );
}

/** The limit is given up, and with it what was lost by it. */
function withoutLimit(path: PathKnowledge, holdingSeconds: number, seconds: number): PathKnowledge {
  const { falls, limit } = path;
  // A limit that held so often was one: what died above it died by it, and says nothing now that it moved up.
  const isFirm = limit !== undefined && limit.confirmations >= mostPasses;
  const explained = isFirm ? limit.seconds : Number.POSITIVE_INFINITY;
  const tried = path.tried.map((one) =>
    one.seconds <= seconds || one.seconds >= explained ? { ...one, lost: 0 } : one,
  );
  const free = { ...without(path, "limit"), tried };
  if (falls === undefined) return free;
  // What a limit that nothing confirmed was found by were losses by chance.
  const count = falls.isConfirmed ? falls.count : Math.max(0, falls.count - 1);
  return { ...free, falls: { ...falls, count, toSeconds: holdingSeconds } };
}

function doubtCarried(
  path: PathKnowledge,
  doubt: Doubt,
  askedSeconds: number,
  seconds: number,
  around: Surroundings,
): PathAfter {
  if (seconds >= Math.floor(Math.min(doubt.seconds, reliedOn(path), around.mostSeconds))) {
    const lost = isLossKnown(path.tried, doubt.seconds) ? beliefOf(path).chanceShare(doubt.seconds) : 0;
    const sound = {
      ...without(path, "doubt"),
      carriedSeconds: Math.max(path.carriedSeconds, seconds),
      tried: noted(path.tried, seconds, { carried: 1 }),
    };
    return { path: sound, lost };
  }
  if (seconds < askedSeconds * 0.9 || seconds <= doubt.carriedSeconds) return { path, lost: 0 };
  return { path: { ...path, doubt: { ...doubt, carriedSeconds: seconds } }, lost: 0 };
}

/** The path after `askedSeconds` were not answered, in silence. */
export function silent(path: PathKnowledge, askedSeconds: number, around: Surroundings): PathKnowledge {
  const { carriedSeconds, limit, doubt } = path;
  const chance = lossChance(path, askedSeconds);
  const tried = noted(path.tried, askedSeconds, { lost: 1 });
  if (doubt !== undefined && doubt.carriedSeconds > 0) {
    if (chance >= expectedLoss) return { ...path, tried };
    if (isLikelierChance(path, askedSeconds, around)) {
      const { seconds } = doubt;
      return { ...path, tried, doubt: { seconds, failures: 1, carriedSeconds: 0 } };
    }
    return fallen(path, doubt, askedSeconds, around);
  }
  if (doubt !== undefined) return { ...path, doubt: { ...doubt, failures: doubt.failures + 1 } };
  if (askedSeconds <= carriedSeconds) {
    const frequent = around.meanLossSeconds < askedSeconds * frequentLosses || chance * frequentLosses > 1;
    const failures = frequent ? 0 : 1;
    const trial = trialAfter(path, askedSeconds, around);
    return {
      ...path,
      tried,
      ...(trial && { trial }),
      doubt: { seconds: askedSeconds, failures, carriedSeconds: 0 },
    };
  }
  const confirmations = (limit?.confirmations ?? 0) + 1;
  const nearest = Math.min(askedSeconds, limit?.seconds ?? askedSeconds);
  const exact = limit?.exact === true && limit.seconds === nearest;
  const known = {
    ...path,
    tried,
    limit: limitAt(path, { seconds: nearest, exact, confirmations }, around),
    ...(path.falls && { falls: { ...path.falls, isConfirmed: true } }),
  };
  return carriedSeconds < dearSeconds || limit !== undefined
    ? known
    : { ...known, doubt: { seconds: carriedSeconds, failures: 1, carriedSeconds: 0 } };
}

/** When more than what is relied on is tried: later with each trial that died, and not for what dies below. */
function trialAfter(path: PathKnowledge, askedSeconds: number, around: Surroundings): PathKnowledge["trial"] {
  const { trial } = path;
  if (trial !== undefined && askedSeconds <= reliedOn(path) + 1) return trial;
  const failures = (trial?.failures ?? 0) + 1;
  return { failures, atSeconds: retryAt(failures, around, longestRetryDelay) };
}

/** Whether a second failure is chance once more, judged by how often either happened: half of what a lower limit could be, it would let pass. */
function isLikelierChance(
  { falls, losses }: PathKnowledge,
  askedSeconds: number,
  around: Surroundings,
): boolean {
  const count = falls?.count ?? 0;
  const fell = (count + presumed) / (count + losses + 2 * presumed);
  const byChance = 1 - Math.exp(-askedSeconds / around.meanLossSeconds);
  return (1 - fell) * byChance > fell / 2;
}

/** The limit moved down: it lies between what was carried since the failure and what failed again. */
function fallen(
  path: PathKnowledge,
  doubt: Doubt,
  askedSeconds: number,
  around: Surroundings,
): PathKnowledge {
  const count = (path.falls?.count ?? 0) + 1;
  const aboveSeconds = path.falls?.aboveSeconds ?? path.heldSeconds;
  const after: PathKnowledge = {
    ...without(path, "doubt"),
    carriedSeconds: doubt.carriedSeconds,
    tried: noted([], doubt.carriedSeconds, { carried: 1 }),
    falls: { count, isConfirmed: false, aboveSeconds, toSeconds: 0 },
  };
  const confirmations = confirmed(path, askedSeconds);
  return { ...after, limit: limitAt(after, { seconds: askedSeconds, exact: false, confirmations }, around) };
}

/** The path after its connection was cut at the age of `ageSeconds`. */
export function cut(path: PathKnowledge, ageSeconds: number, around: Surroundings): PathAfter {
  const { carriedSeconds, limit, cutSeconds } = path;
  const age = Math.max(around.leastSeconds, ageSeconds);
  const margin = Math.max(2, age * 0.02);
  const again = cutSeconds !== undefined && Math.abs(cutSeconds - age) <= Math.max(3, age * 0.05);
  const beyond = age > carriedSeconds;
  const increased = age <= carriedSeconds * growth;
  const same = limit?.exact === true && Math.abs(limit.seconds - age) <= Math.max(3, age * 0.05);
  if (!beyond && !again && !same) return { path: { ...path, cutSeconds: age }, lost: 1 };
  const confirmations = same ? limit.confirmations + 1 : again ? 2 : 0;
  const known: PathKnowledge = {
    ...without(path, "doubt"),
    carriedSeconds: Math.max(around.leastSeconds, age - margin, beyond ? carriedSeconds : 0),
    cutSeconds: age,
  };
  const found = { seconds: age, exact: true, confirmations: Math.max(1, confirmations) };
  // A cut costs no push: one that is met far below what was asked for is looked at again at once, as it may be chance.
  const lookAgain = confirmations === 0 && !increased && { retryAtSeconds: around.nowSeconds };
  return { path: { ...known, limit: { ...limitAt(known, found, around), ...lookAgain } }, lost: 0 };
}
