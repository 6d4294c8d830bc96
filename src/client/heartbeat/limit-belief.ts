import type { TriedInterval } from "./tried-intervals.js";

/** How many connections were lost by chance while connections were held for so long; both fade. */
export interface LossRecord {
  readonly losses: number;
  readonly heldSeconds: number;
}

/** A way that a path may be: limits that are drawn anew for each connection, and losses by chance besides. */
interface Way {
  readonly leastSeconds: number;
  readonly mostSeconds: number;
  readonly lossesPerSecond: number;
}

/** A way, and how likely it is. */
interface Hypothesis extends Way {
  readonly weight: number;
}

/** What becomes of an interval under a hypothesis. */
interface Fate {
  readonly lost: number;
  /** Expected seconds without push. */
  readonly deadSeconds: number;
  /** The part of `lost` that is the limit's doing. */
  readonly byLimit: number;
}

/** Limits that are considered are so far apart, from this part of the longest carried interval to that. */
const limitStep = 1.04;
const limitShares = { least: 0.5, most: 1.6 };
/** How far the limits of one path may differ from connection to connection, and how likely that is beforehand. */
const spreads = [
  { ratio: 1, likely: 0.5 },
  { ratio: 1.1, likely: 0.15 },
  { ratio: 1.25, likely: 0.15 },
  { ratio: 1.5, likely: 0.15 },
  { ratio: 2, likely: 0.05 },
];
/** The intervals that are compared are so far apart. */
const candidateStep = 1.03;
const hour = 3600;
/** The mean times between losses by chance that are considered, and how likely they are beforehand. */
const losses = [
  { meanSeconds: 96 * hour, likely: 0.25 },
  { meanSeconds: 24 * hour, likely: 0.25 },
  { meanSeconds: 6 * hour, likely: 0.25 },
  { meanSeconds: 3 * hour, likely: 0.2 },
  { meanSeconds: hour, likely: 0.05 },
];
/** Ways so much less likely than the likeliest one are not considered: e to this power. */
const leastLogWeight = -9;
/** No interval's fate is surer than this under any hypothesis: networks do what no model of them has. */
const unforeseen = 0.002;
/** A device notices a lost answer so long after its interval. */
const marginSeconds = 10;
/** The short requests with which a device makes sure of a path after a failure. */
const requestsAfterLoss = 3;

/** What is believed of a path by what was tried on it. */
export class LimitBelief {
  readonly #hypotheses: readonly Hypothesis[];

  /**
   * @param aroundSeconds the longest interval that was carried: limits much below or above it are not considered.
   * @param chance the losses by chance of a longer time, and the seconds in which they were.
   */
  constructor(tried: readonly TriedInterval[], aroundSeconds: number, chance: LossRecord) {
    this.#hypotheses = weighed(tried, Math.max(1, aroundSeconds), chance);
  }

  /** How likely an interval is lost, from 0 to 1. */
  lossChance(seconds: number): number {
    return this.#expected(seconds).lost;
  }

  /** How likely an interval that was lost was lost by chance, and not for a limit. */
  chanceShare(seconds: number): number {
    const { lost, byLimit } = this.#expected(seconds);
    return lost === 0 ? 0 : 1 - byLimit / lost;
  }

  /**
   * The interval of up to `longestSeconds` that costs least: in requests, in what a loss takes to get over, and in time without push.
   *
   * @param deadSecondCost what a second without push is worth in requests.
   */
  cheapest(longestSeconds: number, deadSecondCost: number): number {
    let best = { seconds: longestSeconds, cost: Number.POSITIVE_INFINITY };
    for (
      let seconds = longestSeconds;
      seconds > longestSeconds * limitShares.least;
      seconds /= candidateStep
    ) {
      const { lost, deadSeconds } = this.#expected(seconds);
      const cost = (1 + lost * requestsAfterLoss + deadSeconds * deadSecondCost) / seconds;
      if (cost < best.cost) best = { seconds, cost };
    }
    return best.seconds;
  }

  #expected(seconds: number): Fate {
    let [lost, deadSeconds, byLimit, lossesPerSecond, byChance] = [0, 0, 0, 0, 0];
    for (const hypothesis of this.#hypotheses) {
      // Many in a row have the same.
      if (hypothesis.lossesPerSecond !== lossesPerSecond) {
        lossesPerSecond = hypothesis.lossesPerSecond;
        byChance = 1 - Math.exp(-seconds * lossesPerSecond);
      }
      const fate = fateOf(seconds, hypothesis, byChance);
      lost += fate.lost * hypothesis.weight;
      deadSeconds += fate.deadSeconds * hypothesis.weight;
      byLimit += fate.byLimit * hypothesis.weight;
    }
    return { lost, deadSeconds, byLimit };
  }
}

function weighed(
  tried: readonly TriedInterval[],
  aroundSeconds: number,
  chance: LossRecord,
): readonly Hypothesis[] {
  const ways: (Way & { readonly logWeight: number })[] = [];
  const most = aroundSeconds * limitShares.most;
  for (const { meanSeconds, likely } of losses) {
    const likelihood = new Likelihood(tried, meanSeconds);
    const logChance = Math.log(likely) + logPoisson(chance, meanSeconds);
    const lossesPerSecond = 1 / meanSeconds;
    for (
      let leastSeconds = aroundSeconds * limitShares.least;
      leastSeconds <= most;
      leastSeconds *= limitStep
    )
      for (const spread of spreads) {
        const mostSeconds = leastSeconds * spread.ratio;
        const logWeight = Math.log(spread.likely) + logChance + likelihood.log(leastSeconds, mostSeconds);
        ways.push({ leastSeconds, mostSeconds, lossesPerSecond, logWeight });
      }
  }
  const top = ways.reduce((highest, { logWeight }) => Math.max(highest, logWeight), Number.NEGATIVE_INFINITY);
  const likely = ways.filter(({ logWeight }) => logWeight > top + leastLogWeight);
  const total = likely.reduce((sum, { logWeight }) => sum + Math.exp(logWeight - top), 0);
  return likely.map(({ logWeight, ...way }) => ({ ...way, weight: Math.exp(logWeight - top) / total }));
}

/** Of so many losses in that time, up to what is equal for all. */
function logPoisson({ losses, heldSeconds }: LossRecord, meanSeconds: number): number {
  return -losses * Math.log(meanSeconds) - heldSeconds / meanSeconds;
}

/**
 * How likely the intervals went as they did, with losses by chance so far apart. A phone works it out for some hundred limits: what
 * all limits above an interval make of it, and what all below, is summed up once.
 */
class Likelihood {
  readonly #tried: readonly TriedInterval[];
  readonly #byChance: readonly number[];
  /** Of the intervals before each place, had they met no limit; and of those from each place on, had they all met it. */
  readonly #below: readonly number[];
  readonly #above: readonly number[];

  /** @param tried ascending. */
  constructor(tried: readonly TriedInterval[], meanSeconds: number) {
    this.#tried = tried;
    this.#byChance = tried.map(({ seconds }) => 1 - Math.exp(-seconds / meanSeconds));
    const below = [0];
    for (const [index, one] of tried.entries())
      below.push((below[index] ?? 0) + logFate(one, this.#byChance[index] ?? 0));
    const above = [0];
    for (const one of tried.toReversed()) above.push((above.at(-1) ?? 0) + logFate(one, 1));
    this.#below = below;
    this.#above = above.reverse();
  }

  /** Up to what is equal for all limits. */
  log(leastSeconds: number, mostSeconds: number): number {
    const tried = this.#tried;
    let index = 0;
    while (index < tried.length && (tried[index]?.seconds ?? 0) <= leastSeconds) index += 1;
    let sum = this.#below[index] ?? 0;
    for (let one = tried[index]; one !== undefined && one.seconds < mostSeconds; one = tried[index]) {
      const chance = this.#byChance[index] ?? 0;
      sum += logFate(one, chance + limitMet(one.seconds, leastSeconds, mostSeconds) * (1 - chance));
      index += 1;
    }
    return sum + (this.#above[index] ?? 0);
  }
}

/** Of an interval's counts, where one is lost with this probability. */
function logFate({ carried, lost }: TriedInterval, lossChance: number): number {
  const sure = Math.min(1 - unforeseen, Math.max(unforeseen, lossChance));
  return carried * Math.log(1 - sure) + (lost === 0 ? 0 : lost * Math.log(sure));
}

/** How likely a limit drawn from these is shorter than the interval. */
function limitMet(seconds: number, leastSeconds: number, mostSeconds: number): number {
  if (seconds <= leastSeconds) return 0;
  return seconds >= mostSeconds ? 1 : (seconds - leastSeconds) / (mostSeconds - leastSeconds);
}

function fateOf(seconds: number, { leastSeconds, mostSeconds }: Way, byChance: number): Fate {
  const deadByChance = byChance * (seconds / 2 + marginSeconds);
  if (seconds <= leastSeconds) return { lost: byChance, deadSeconds: deadByChance, byLimit: 0 };
  const reached = Math.min(seconds, mostSeconds);
  const byLimit = limitMet(seconds, leastSeconds, mostSeconds) * (1 - byChance);
  const deadByLimit = byLimit * (seconds - (leastSeconds + reached) / 2 + marginSeconds);
  return { lost: byChance + byLimit, deadSeconds: deadByChance + deadByLimit, byLimit };
}
