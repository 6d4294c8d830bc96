import {
  EARLY_RETRY_SECONDS,
  FIRST_DEAR_RETRY_SECONDS,
  FIRST_RETRY_SECONDS,
  LONGEST_RETRY_SECONDS,
  RECOVERY_SECONDS,
} from "./heartbeat-rules.js";

/** When a longer interval than the one that is relied on is tried, and which. */
export class RetryPlan {
  #atSeconds = 0;
  #gapSeconds = FIRST_RETRY_SECONDS;
  /** What was carried before the limit was found and contradicts it; 0 for nothing. */
  #contradictingSeconds = 0;
  /** The shortest lost interval of before a short step down; 0 for none. */
  #formerLostSeconds = 0;

  /** A plan that was stored. */
  static restored(atSeconds: number, gapSeconds: number): RetryPlan {
    const plan = new RetryPlan();
    plan.#atSeconds = atSeconds;
    plan.#gapSeconds = gapSeconds;
    return plan;
  }

  /** When the next trial is due, in seconds since the Unix epoch. */
  get atSeconds(): number {
    return this.#atSeconds;
  }

  /** How long after a failed trial the next one waits, in seconds. */
  get gapSeconds(): number {
    return this.#gapSeconds;
  }

  /** The interval to try, where `lostSeconds` is the shortest lost one. */
  level(lostSeconds: number): number {
    if (this.#contradictingSeconds > 0) return this.#contradictingSeconds;
    // What was carried until the losses that led down: they may have been chance.
    return this.#formerLostSeconds > 0 ? lostSeconds : Math.ceil(lostSeconds * 1.1);
  }

  /** A limit was found. `isDear`: the device asks for so much more that each trial which fails costs it long. */
  settled(nowSeconds: number, isDear: boolean): void {
    if (isDear && this.#gapSeconds === FIRST_RETRY_SECONDS) this.#gapSeconds = FIRST_DEAR_RETRY_SECONDS;
    this.#atSeconds = nowSeconds + this.#gapSeconds;
  }

  /** A limit was found a short step below the one before. */
  settledBelow(nowSeconds: number): void {
    this.#atSeconds = nowSeconds + RECOVERY_SECONDS;
  }

  /** The limit contradicts what was carried before. */
  contradicted(carriedSeconds: number): void {
    this.#contradictingSeconds = carriedSeconds;
    this.#gapSeconds = EARLY_RETRY_SECONDS;
  }

  /** A step down from a limit above which this was lost; 0 when it was none to go back to. */
  steppedDown(lostSeconds: number): void {
    this.#formerLostSeconds = lostSeconds;
  }

  /** Whether an interval is carried again that the limit contradicted. */
  refutes(carriedSeconds: number): boolean {
    return this.#contradictingSeconds > 0 && carriedSeconds >= this.#contradictingSeconds - 1;
  }

  /** The shortest lost interval of before a step down that this carried one takes back; 0 when it takes none back. */
  takenBack(carriedSeconds: number): number {
    return carriedSeconds < this.#formerLostSeconds ? this.#formerLostSeconds : 0;
  }

  /** A trial is over, one way or the other. */
  tried(nowSeconds: number): void {
    this.#contradictingSeconds = 0;
    this.lookingAbove();
    this.#atSeconds = nowSeconds + this.#gapSeconds;
  }

  /** The limit is looked for above what was known. */
  lookingAbove(): void {
    this.#formerLostSeconds = 0;
    this.#gapSeconds = Math.min(this.#gapSeconds * 2, LONGEST_RETRY_SECONDS);
  }
}
