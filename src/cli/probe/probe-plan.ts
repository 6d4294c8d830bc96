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
    if (role === "alone") return this.#mostTelling(open) ?? this.#again() ?? this.#finer(elapsedSeconds);
    const rung = role === "climbs" ? open[0] : open.at(-1);
    return rung ?? this.#again() ?? this.#finer(elapsedSeconds);
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

  /** A failure is tried once more, at another time. */
  #again(): number | undefined {
    const { failures, isConfirmed } = this.#evidence;
    if (isConfirmed) return undefined;
    const asked = failures.map(({ askedSeconds }) => askedSeconds).filter((one) => !this.#isSpent(one));
    const least = Math.min(Number.POSITIVE_INFINITY, ...asked);
    return Number.isFinite(least) && !this.#underWay.includes(least) ? least : undefined;
  }

  /** Between what is carried and what fails, as far as there is time. A cut that is seen tells its age; what is just shorter is to be seen to live. */
  #finer(elapsedSeconds: number): number | undefined {
    const { carriedSeconds, failsAtSeconds, failures } = this.#evidence;
    if (!Number.isFinite(failsAtSeconds)) return undefined;
    const isSeen = failures.every(({ outcome }) => outcome.kind !== "silent");
    const underWay = this.#underWay.filter((one) => one < failsAtSeconds);
    const below = Math.max(carriedSeconds, this.#leastSeconds, failsAtSeconds / 4, ...underWay);
    const next = Math.round(isSeen ? failsAtSeconds * 0.9 : Math.sqrt(below * failsAtSeconds));
    const isFine = failsAtSeconds / below <= (isSeen ? FINE_RATIO * 1.2 : FINE_RATIO);
    const isNew = next > below && next < failsAtSeconds && !this.#isSpent(next);
    return isFine || !isNew || elapsedSeconds + next > this.#options.budgetSeconds ? undefined : next;
  }

  /** The server's own bound takes the place of the rungs beyond it. */
  #bound(askedSeconds: number, nearestSeconds: number): void {
    const isMost = nearestSeconds < askedSeconds;
    if (!isMost) this.#leastSeconds = Math.max(this.#leastSeconds, nearestSeconds);
    const within = this.#rungs.filter((rung) => (isMost ? rung < nearestSeconds : rung > nearestSeconds));
    const rungs = isMost || !within.includes(nearestSeconds) ? [...within, nearestSeconds] : within;
    this.#rungs = [...new Set(rungs)].sort((a, b) => a - b);
  }
}
