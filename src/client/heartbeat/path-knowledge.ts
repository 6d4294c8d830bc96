/** What a device has found out about the path through one network. Plain data. All times are seconds since the Unix epoch. */
export interface PathKnowledge {
  /** The longest that is known to be carried; 0 before anything was. */
  readonly carriedSeconds: number;
  /** What is held for the limit; absent where none was met. */
  readonly limit?: FoundLimit;
  /** Set while failures within `carriedSeconds` are not explained yet. */
  readonly doubt?: Doubt;
  /** Chance losses lately, each fading with the intervals that were carried since. */
  readonly stumbles: number;
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
  /** Failures in a row; each makes the next interval a quarter. */
  readonly failures: number;
  /** The part of the interval that was carried since; 0 when none was. Each success doubles the next interval. */
  readonly carriedSeconds: number;
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
const growth = 1.15;
/** And no more than these seconds. */
const longestStep = 240;
/** Nearer than this to the limit, nothing is gained by coming closer. */
const closeEnough = 1.04;
/** Stumbles that are more than chance: the limit varies, and `carriedSeconds` is too near to it. */
const tooManyStumbles = 4;
/** What is asked for above a limit that is tried again: if it moved up, the search begins anew from there. */
const aLittleMore = 1.02;
/** Where one of so many intervals is lost by chance, the first failure is taken for chance, and the same is asked for again. */
const frequentLosses = 20;
/** Each failure that is not explained yet divides the next interval by this. */
const doubtStep = 4;
const stumbleFading = 0.9;
/** So many times something longer has to be carried, at the most, before a limit that was confirmed as often is given up. */
const mostPasses = 3;
const longestRetryDelay = 24 * 3600;

/** What is known of a path that is used for the first time at `nowSeconds` since the Unix epoch: nothing. */
export function newPath(nowSeconds: number): PathKnowledge {
  return { carriedSeconds: 0, stumbles: 0, heldSeconds: 0, losses: 0, usedAtSeconds: nowSeconds };
}

/** The interval to ask for on this path, in seconds before bounds and rounding. */
export function nextInterval(path: PathKnowledge, around: Surroundings): number {
  const { carriedSeconds, limit, doubt } = path;
  if (doubt?.carriedSeconds === 0)
    return Math.max(around.leastSeconds, carriedSeconds / doubtStep ** doubt.failures);
  if (doubt !== undefined) return Math.min(carriedSeconds, doubt.carriedSeconds * 2);
  const more = Math.max(
    carriedSeconds + 1,
    Math.floor(Math.min(carriedSeconds * growth, carriedSeconds + longestStep)),
  );
  if (limit === undefined) return Math.max(around.firstSeconds, more);
  if (carriedSeconds < limit.seconds / 4) return Math.max(around.leastSeconds, limit.seconds / 4);
  if (!limit.exact && more < limit.seconds) return more;
  if (around.nowSeconds < limit.retryAtSeconds) return carriedSeconds;
  const close = limit.exact || limit.seconds / carriedSeconds <= closeEnough;
  return close ? limit.seconds * aLittleMore : Math.sqrt(carriedSeconds * limit.seconds);
}

/** When a limit that held `confirmations` times is tried again: sooner where losses are frequent, as they feign limits. */
function retryAt(confirmations: number, around: Surroundings): number {
  const delay = (around.meanLossSeconds / 12) * 2 ** (confirmations - 1);
  return around.nowSeconds + Math.min(longestRetryDelay, delay);
}

function limitAt(seconds: number, exact: boolean, confirmations: number, around: Surroundings): FoundLimit {
  return { seconds, exact, confirmations, passes: 0, retryAtSeconds: retryAt(confirmations, around) };
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

/** The path after it carried `seconds`, of `askedSeconds` that were asked for. `lost` tells that failures before it were chance losses. */
export function carried(
  path: PathKnowledge,
  askedSeconds: number,
  seconds: number,
  around: Surroundings,
): { readonly path: PathKnowledge; readonly lost: boolean } {
  if (path.doubt !== undefined) return doubtCarried(path, path.doubt, askedSeconds, seconds, around);
  const { limit } = path;
  const full = seconds >= Math.min(path.carriedSeconds, around.mostSeconds);
  const same = full ? { ...path, stumbles: path.stumbles * stumbleFading } : path;
  if (seconds <= path.carriedSeconds) return { path: same, lost: false };
  const longer = { ...same, carriedSeconds: seconds };
  if (limit === undefined) return { path: longer, lost: false };
  if (seconds * growth < limit.seconds) return { path: longer, lost: false };
  const passes = limit.passes + 1;
  if (passes < Math.min(mostPasses, limit.confirmations))
    return { path: { ...same, limit: { ...limit, passes } }, lost: false };
  if (seconds < limit.seconds) return { path: { ...longer, limit: { ...limit, passes: 0 } }, lost: false };
  return { path: without(longer, "limit"), lost: true };
}

function doubtCarried(
  path: PathKnowledge,
  doubt: Doubt,
  askedSeconds: number,
  seconds: number,
  around: Surroundings,
): { readonly path: PathKnowledge; readonly lost: boolean } {
  if (seconds >= Math.min(path.carriedSeconds, around.mostSeconds)) {
    const stumbles = path.stumbles + 1;
    const sound = {
      ...without(path, "doubt"),
      carriedSeconds: Math.max(path.carriedSeconds, seconds),
      stumbles,
    };
    if (stumbles < tooManyStumbles) return { path: sound, lost: true };
    const shorter = {
      ...sound,
      carriedSeconds: seconds / growth,
      stumbles: 0,
      limit: limitAt(seconds, false, confirmed(path, seconds), around),
    };
    return { path: shorter, lost: true };
  }
  if (seconds < askedSeconds * 0.9 || seconds <= doubt.carriedSeconds) return { path, lost: false };
  return { path: { ...path, doubt: { ...doubt, carriedSeconds: seconds } }, lost: false };
}

/** The path after `askedSeconds` were not answered, in silence. */
export function silent(path: PathKnowledge, askedSeconds: number, around: Surroundings): PathKnowledge {
  const { carriedSeconds, limit, doubt } = path;
  if (doubt !== undefined && doubt.carriedSeconds > 0) {
    const known = { ...without(path, "doubt"), carriedSeconds: doubt.carriedSeconds, stumbles: 0 };
    return { ...known, limit: limitAt(askedSeconds, false, confirmed(path, askedSeconds), around) };
  }
  if (doubt !== undefined) return { ...path, doubt: { ...doubt, failures: doubt.failures + 1 } };
  if (askedSeconds <= carriedSeconds) {
    const failures = around.meanLossSeconds < askedSeconds * frequentLosses ? 0 : 1;
    return { ...path, doubt: { failures, carriedSeconds: 0 } };
  }
  const confirmations = (limit?.confirmations ?? 0) + 1;
  const nearest = Math.min(askedSeconds, limit?.seconds ?? askedSeconds);
  const exact = limit?.exact === true && limit.seconds === nearest;
  return { ...path, limit: limitAt(nearest, exact, confirmations, around) };
}

/** The path after its connection was cut at the age of `ageSeconds`. `lost` tells that it is taken for a chance loss. */
export function cut(
  path: PathKnowledge,
  ageSeconds: number,
  around: Surroundings,
): { readonly path: PathKnowledge; readonly lost: boolean } {
  const { carriedSeconds, limit, cutSeconds } = path;
  const age = Math.max(around.leastSeconds, ageSeconds);
  const margin = Math.max(2, age * 0.02);
  const again = cutSeconds !== undefined && Math.abs(cutSeconds - age) <= Math.max(3, age * 0.05);
  const beyond = age > carriedSeconds;
  const increased = age <= carriedSeconds * growth;
  const same = limit?.exact === true && Math.abs(limit.seconds - age) <= Math.max(3, age * 0.05);
  if (!beyond && !again && !same) return { path: { ...path, cutSeconds: age }, lost: true };
  const confirmations = same ? limit.confirmations + 1 : again ? 2 : 0;
  const known = without(path, "doubt");
  return {
    path: {
      ...known,
      carriedSeconds: Math.max(around.leastSeconds, age - margin, beyond ? carriedSeconds : 0),
      cutSeconds: age,
      // A cut costs no push: one that is met far below what was asked for is looked at again at once, as it may be chance.
      limit:
        confirmations === 0 && !increased
          ? { ...limitAt(age, true, 1, around), retryAtSeconds: around.nowSeconds }
          : limitAt(age, true, Math.max(1, confirmations), around),
    },
    lost: false,
  };
}
