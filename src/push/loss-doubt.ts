import { LOSS, SUSPICION_LASTS_SECONDS } from "./heartbeat-rules.js";

const none: readonly number[] = [];

/** Weighs lost answers that nothing explains yet against carried ones since. */
export class LossDoubt {
  #weight = 0;
  /** The ages of the lost answers, in seconds, ascending. */
  #lost: readonly number[] = none;
  #atSeconds = 0;

  /** Whether nothing is held against the path. */
  get isNone(): boolean {
    return this.#weight === 0;
  }

  /** The longest interval that was lost: all of them would be if the limit lay below. */
  get longestSeconds(): number {
    return this.#lost.at(-1) ?? 0;
  }

  /** An answer was lost after `seconds`. Returns what weighs against the path. */
  lost(seconds: number, nowSeconds: number): number {
    this.#lost = this.isNone ? [seconds] : [...this.#lost, seconds].sort((a, b) => a - b);
    this.#atSeconds = nowSeconds;
    this.#weight += LOSS;
    return this.#weight;
  }

  /** An answer was carried that weighs so much. */
  carried(weight: number): void {
    this.#weight = Math.max(0, this.#weight - weight);
  }

  /** An answer was carried after `seconds`. The shortest lost one, if it was no longer, was lost by chance: a limit lets no longer one pass. */
  refuted(seconds: number): void {
    const [shortest] = this.#lost;
    if (shortest === undefined || shortest > seconds) return;
    this.#lost = this.#lost.slice(1);
    this.carried(LOSS);
  }

  /** Drops what is old. */
  age(nowSeconds: number): void {
    if (nowSeconds - this.#atSeconds > SUSPICION_LASTS_SECONDS) this.#weight = 0;
  }

  /** The losses are explained. */
  clear(): void {
    this.#weight = 0;
  }
}
