import { LimitBelief } from "./limit-belief.js";
import { isLossKnown, type TriedInterval } from "./tried-intervals.js";

/** What a device has found out about the path through one network. Plain data. All times are seconds since the Unix epoch. */
export interface PathKnowledge {
  /** The longest that is known to be carried; 0 before anything was. */
  readonly carriedSeconds: number;
  /** What is held for the limit; absent where none was met. */
  readonly limit?: FoundLimit;
  /** Set while failures within `carriedSeconds` are not explained yet. */
  readonly doubt?: Doubt;
  /** How the intervals lately went that were as long as what works, or longer. */
  readonly tried: readonly TriedInterval[];
  /** Set once something was lost that had been carried: when more than what is relied on since is tried. */
  readonly trial?: { readonly failures: number; readonly atSeconds: number };
  /** Set once the limit moved down. */
  readonly falls?: Falls;
  /** The age of the last cut that came sooner than expected: a second one at this age is a limit. */
  readonly cutSeconds?: number;
  /** Seconds in which a connection was held, and chance losses in them; both fade. */
  readonly heldSeconds: number;
  readonly losses: number;
  readonly usedAtSeconds: number;
}

/** A limit, as far as the evidence goes. */
export interface FoundLimit {
  /** The shortest interval that died; where the connection was cut, the age at which it was. */
  readonly seconds: number;
  /** Whether this is the age of a cut, and so the limit itself rather than something above it. */
  readonly exact: boolean;
  /** How often it held when something longer was tried. */
  readonly confirmations: number;
  /** How often something longer was carried since it was last tried. */
  readonly passes: number;
  /** When something longer is tried again. */
  readonly retryAtSeconds: number;
}

/** Failures of an interval that had been carried: chance, an outage, or a limit that moved down. */
export interface Doubt {
  /** The interval that failed first. */
  readonly seconds: number;
  /** Failures in a row that nothing explains; each makes the next interval a quarter. */
  readonly failures: number;
  /** The part of the interval that was carried since; 0 when none was. Each success doubles the next interval. */
  readonly carriedSeconds: number;
}

/** How often the limit moved down, after something longer had been carried. */
export interface Falls {
  /** Fades. */
  readonly count: number;
  /** Whether something longer died since the last: else it may have been chance. */
  readonly isConfirmed: boolean;
  /** Seconds in which connections were held while no limit was known, or above it; fades. */
  readonly aboveSeconds: number;
  /** What was relied on when the last limit was given up; 0 while none was. */
  readonly toSeconds: number;
}

/** What else decides: bounds, the time, and the mean time between chance losses. All in seconds. */
export interface Surroundings {
  readonly leastSeconds: number;
  /** The most that may be asked for or is worth asking for now: `carriedSeconds` may be more. */
  readonly mostSeconds: number;
  readonly firstSeconds: number;
  readonly nowSeconds: number;
  readonly meanLossSeconds: number;
}

/** A step of the search: a failure then costs no more than about an eighth of the limit. */
export const growth = 1.15;
/** And no more than these seconds: smaller up to half an hour, where most networks have their limit. */
const longestStep = { below: 130, fromSeconds: 1800, above: 240 };
/** Nearer than this to the limit, nothing is gained by coming closer; and the last steps towards it are no longer. */
const closeEnough = 1.02;
/** What is asked for above the age of a cut that is tried again: if it moved up, the search begins anew from there. */
const aLittleMore = 1.02;
/** Each failure that is not explained yet divides the next interval by this. */
const doubtStep = 4;
/** What a second without push is worth in requests. */
export const deadSecondCost: number = 1 / 60;
/** What it costs to get over a limit that moved down, in requests: it has to be found anew. */
const fallCost = 4;
/** Before anything is known: an eighth of a fall in six hours. */
const presumedFalls = { count: 0.125, aboveSeconds: 6 * 3600 };
/** Losses by chance that are this near to one another, or nearer, are frequent. */
const lossySeconds = 24 * 3600;
/** So many losses by chance lately are no mistake. */
const frequentChance = 2;
/** After a fall a phone has so many seconds more without push than its interval exceeds the limit by. */
export const marginSeconds = 10;

function longestStepFrom(carriedSeconds: number): number {
  return carriedSeconds < longestStep.fromSeconds ? longestStep.below : longestStep.above;
}

/** What is known of a path that is used for the first time at `nowSeconds` since the Unix epoch: nothing. */
export function newPath(nowSeconds: number): PathKnowledge {
  return { carriedSeconds: 0, tried: [], heldSeconds: 0, losses: 0, usedAtSeconds: nowSeconds };
}

/** A path is asked of several times between two intervals. */
const beliefs = new WeakMap<PathKnowledge, LimitBelief>();

/** What is believed of the path's limit and losses. */
export function beliefOf(path: PathKnowledge): LimitBelief {
  const known = beliefs.get(path);
  if (known !== undefined) return known;
  const belief = new LimitBelief(path.tried, path.carriedSeconds, path);
  beliefs.set(path, belief);
  return belief;
}

/** The interval that is relied on, in seconds: what was carried, or less where that is lost too often. */
export function reliedOn(path: PathKnowledge): number {
  const { carriedSeconds, limit, tried } = path;
  const ceiling = limit === undefined ? worthRising(path, path.falls?.toSeconds ?? 0) : carriedSeconds;
  const longest = Math.min(carriedSeconds, ceiling);
  return isLossKnown(tried, longest) ? beliefOf(path).cheapest(longest, deadSecondCost) : longest;
}

/**
 * How high above what holds it is worth going where the limit may move down again, in seconds; what holds itself where it is not worth it.
 * Falls come at a rate of which one standard deviation more is taken than was seen: a longer interval saves requests and costs each fall more.
 */
function worthRising({ falls, losses, heldSeconds }: PathKnowledge, holdingSeconds: number): number {
  if (falls === undefined || holdingSeconds === 0) return Number.POSITIVE_INFINITY;
  // Two losses by chance in a row look like a fall.
  const byChance = (losses ** 2 * holdingSeconds) / (heldSeconds + 1);
  const real = Math.max(0, falls.count - byChance);
  const count = real + Math.sqrt(real) + presumedFalls.count;
  const perSecond = count / (falls.aboveSeconds + presumedFalls.aboveSeconds);
  const best = Math.sqrt(1 / (perSecond * deadSecondCost));
  const costPerFall = (best - holdingSeconds + marginSeconds) * deadSecondCost + fallCost;
  return best > holdingSeconds && 1 / best + perSecond * costPerFall < 1 / holdingSeconds
    ? best
    : holdingSeconds;
}

/** Whether so many connections are lost by chance that a limit may be feigned. */
export function isLossy({ meanLossSeconds }: Surroundings): boolean {
  return meanLossSeconds < lossySeconds;
}

/** Whether more than what is relied on is to be tried, up to what was carried: at once where nothing so short was ever lost. */
function isWorthTrying(path: PathKnowledge, seconds: number, { nowSeconds }: Surroundings): boolean {
  const { trial } = path;
  return trial === undefined || (nowSeconds >= trial.atSeconds && isMostlyChance(path, seconds));
}

/** Whether losses are chance rather than a limit that varies: then going lower does not end them. */
function isMostlyChance(path: PathKnowledge, seconds: number): boolean {
  return path.losses >= frequentChance || beliefOf(path).chanceShare(seconds) >= 0.5;
}

/** The interval to ask for on this path, in seconds before bounds and rounding. */
export function nextInterval(path: PathKnowledge, around: Surroundings): number {
  const { carriedSeconds, limit, doubt } = path;
  const relied = reliedOn(path);
  if (doubt?.carriedSeconds === 0)
    return Math.max(around.leastSeconds, Math.min(relied, doubt.seconds) / doubtStep ** doubt.failures);
  if (doubt !== undefined) return Math.min(relied, doubt.carriedSeconds * 2);
  if (relied < carriedSeconds) {
    if (!isWorthTrying(path, relied * growth, around)) return relied;
    if (relied * growth < carriedSeconds) return relied * growth;
  }
  const more = Math.max(
    carriedSeconds + 1,
    Math.floor(Math.min(carriedSeconds * growth, carriedSeconds + longestStepFrom(carriedSeconds))),
  );
  if (limit === undefined) {
    const ceiling = worthRising(path, path.falls?.toSeconds ?? 0);
    return Math.max(around.firstSeconds, Math.min(more, Math.max(relied, ceiling)));
  }
  if (carriedSeconds < limit.seconds / 4) return Math.max(around.leastSeconds, limit.seconds / 4);
  if (!limit.exact && more < limit.seconds) return more;
  if (around.nowSeconds < limit.retryAtSeconds) return carriedSeconds;
  if (limit.exact) return limit.seconds * aLittleMore;
  const middle = Math.sqrt(carriedSeconds * limit.seconds);
  // Where losses are frequent, one may have feigned the limit: small steps would take too long to find that out.
  const step = isLossy(around) ? middle : Math.min(middle, carriedSeconds * closeEnough);
  const closer = Math.max(carriedSeconds + 1, step);
  if (Math.round(closer) < limit.seconds && limit.seconds / carriedSeconds > closeEnough) return closer;
  return worthRising(path, carriedSeconds) > carriedSeconds ? limit.seconds : carriedSeconds;
}
