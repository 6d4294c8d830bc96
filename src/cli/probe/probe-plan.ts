import { type Evidence, weigh } from "./evidence.js";
import type { HeldPing } from "./hold-outcome.js";

/** What a plan is made for. */
export interface ProbePlanOptions {
  /** Intervals in seconds, ascending. */
  readonly rungs: readonly number[];
  readonly wantSeconds: number;
  /** Seconds within which intervals that narrow down a limit must end. */
  readonly budgetSeconds: number;
}

/** When and by whom the next Ping is sent. */
export interface NextPing {
  readonly elapsedSeconds: number;
  /**
   * `climbs`: the one that begins with the shortest. `reaches`: one of those that begin with the longest. `alone`: the server lets the user
   * hold one request at a time.
   */
  readonly role: "climbs" | "reaches" | "alone";
}

/** The gap between what is carried and what fails is narrowed down to this ratio. */
const FINE_RATIO = 1.12;
/** So often is one interval tried while the mailbox changes or the path is unsteady. */
const MOST_ATTEMPTS = 4;
/** For each rung. A server has two bounds; one that names another each time is not followed for ever. */
const MOST_BOUNDS = 6;

/**
 * Which intervals to hold, and when enough is known. One Ping climbs from the shortest while the others hold the longest, so that a short
 * limit shows early and a long one is known after the longest. What has failed twice is a limit: nothing longer is tried.
 */
export class ProbePlan {
  readonly #options: ProbePlanOptions;
  readonly #ended: HeldPing[] = [];
  readonly #underWay: number[] = [];
  readonly #attempts = new Map<number, number>();
  #evidence: Evidence = weigh([]);
  #rungs: readonly number[];
  #leastSeconds = 0;
  #bounds = 0;

  constructor(options: ProbePlanOptions) {
    this.#options = options;
    this.#rungs = options.rungs;
  }

  /** Everything that has ended, in its order. */
  get ended(): readonly HeldPing[] {
    return this.#ended;
  }

  /** What is known so far. */
  get evidence(): Evidence {
    return this.#evidence;
  }

  /** The next interval to hold, in seconds; undefined when nothing is to be begun at present. */
  next(ping: NextPing): number | undefined {
    const chosen = this.#choose(ping);
    if (chosen !== undefined) this.#underWay.push(chosen);
    return chosen;
  }

  /** A Ping that {@link next} gave has ended. */
  record(held: HeldPing): void {
    const { askedSeconds, outcome } = held;
    this.abandon(askedSeconds);
    // What the server ends by itself it will end again.
    const weight = outcome.kind === "early" ? 2 : 1;
    this.#attempts.set(askedSeconds, (this.#attempts.get(askedSeconds) ?? 0) + weight);
    this.#ended.push(held);
    this.#evidence = weigh(this.#ended);
    if (outcome.kind === "refused") this.#bound(askedSeconds, outcome.nearestSeconds);
  }

  /** A Ping that {@link next} gave was not held, or was ended because it could tell nothing more. */
  abandon(askedSeconds: number): void {
    const at = this.#underWay.indexOf(askedSeconds);
    if (at >= 0) this.#underWay.splice(at, 1);
  }

  /** Whether a Ping that is under way can still tell anything. */
  isOfUse(askedSeconds: number): boolean {
    const { carriedSeconds, failsAtSeconds, isConfirmed } = this.#evidence;
    return askedSeconds > carriedSeconds && !(isConfirmed && askedSeconds > failsAtSeconds);
  }

  #choose({ role, elapsedSeconds }: NextPing): number | undefined {
    const open = this.#rungs.filter((rung) => this.#isOpen(rung) && !this.#underWay.includes(rung));
    const rung = role === "alone" ? this.#mostTelling(open) : role === "climbs" ? open[0] : open.at(-1);
    return rung ?? this.#again(elapsedSeconds) ?? this.#finer(elapsedSeconds);
  }

  /** One after another: the wanted interval says most, then the longest, then the middle of what is left. */
  #mostTelling(open: readonly number[]): number | undefined {
    const first = [this.#options.wantSeconds, this.#rungs.at(-1)].find(
      (rung) => rung !== undefined && open.includes(rung),
    );
    return first ?? open[Math.floor(open.length / 2)];
  }

  #isOpen(seconds: number): boolean {
    const { carriedSeconds, failsAtSeconds } = this.#evidence;
    const isBetween = seconds > carriedSeconds && seconds < failsAtSeconds && seconds >= this.#leastSeconds;
    return isBetween && !this.#isSpent(seconds);
  }

  #isSpent(seconds: number): boolean {
    return (this.#attempts.get(seconds) ?? 0) >= MOST_ATTEMPTS;
  }

  /**
   * A failure is tried once more, at another time: at any cost where the wanted interval hangs on it. What was cut in the open is tried again as a
   * whole, since it costs no more and one moment's trouble is over sooner.
   */
  #again(elapsedSeconds: number): number | undefined {
    const { failures, isConfirmed, carriedSeconds, failsAtSeconds } = this.#evidence;
    if (isConfirmed || failures.length === 0) return undefined;
    const isNeeded = carriedSeconds < this.#options.wantSeconds;
    if (!isNeeded && elapsedSeconds + failsAtSeconds > this.#options.budgetSeconds) return undefined;
    const asked = failures.map(({ askedSeconds }) => askedSeconds);
    if (!failures.every(isSeen)) {
      const least = Math.min(...asked);
      return this.#underWay.includes(least) || this.#isSpent(least) ? undefined : least;
    }
    const free = asked.filter((one) => !this.#isSpent(one) && !this.#underWay.includes(one));
    return free.length === 0 ? undefined : Math.max(...free);
  }

  /** Between what is carried and what fails, as far as there is time. A cut that is seen tells its age; what is just shorter is to be seen to live. */
  #finer(elapsedSeconds: number): number | undefined {
    const { carriedSeconds, failsAtSeconds, failures } = this.#evidence;
    if (!Number.isFinite(failsAtSeconds)) return undefined;
    const areSeen = failures.every(isSeen);
    const underWay = this.#underWay.filter((one) => one < failsAtSeconds);
    const below = Math.max(carriedSeconds, this.#leastSeconds, failsAtSeconds / 4, ...underWay);
    const next = Math.round(areSeen ? failsAtSeconds * 0.9 : Math.sqrt(below * failsAtSeconds));
    const isFine = failsAtSeconds / below <= (areSeen ? FINE_RATIO * 1.2 : FINE_RATIO);
    const isNew = next > below && next < failsAtSeconds && !this.#isSpent(next);
    return isFine || !isNew || elapsedSeconds + next > this.#options.budgetSeconds ? undefined : next;
  }

  /** The server's own bound takes the place of the rungs beyond it. */
  #bound(askedSeconds: number, nearestSeconds: number): void {
    this.#bounds += 1;
    if (this.#bounds > MOST_BOUNDS * this.#options.rungs.length) return;
    const isMost = nearestSeconds < askedSeconds;
    if (!isMost) this.#leastSeconds = Math.max(this.#leastSeconds, nearestSeconds);
    const within = this.#rungs.filter((rung) => (isMost ? rung < nearestSeconds : rung > nearestSeconds));
    const rungs = isMost || !within.includes(nearestSeconds) ? [...within, nearestSeconds] : within;
    this.#rungs = [...new Set(rungs)].sort((a, b) => a - b);
  }
}

function isSeen({ outcome }: HeldPing): boolean {
  return outcome.kind !== "silent";
}
