import { LOSS, SUSPICION_LASTS_SECONDS } from "./heartbeat-rules.js";

/** Weighs lost answers that nothing explains yet against carried ones since. */
export class LossDoubt {
  #weight = 0;
  #longestSeconds = 0;
  #atSeconds = 0;

  /** Whether nothing is held against the path. */
  get isNone(): boolean {
    return this.#weight === 0;
  }

  /** The longest interval that was lost: all of them would be if the limit lay below. */
  get longestSeconds(): number {
    return this.#longestSeconds;
  }

  /** An answer was lost after `seconds`. Returns what weighs against the path. */
  lost(seconds: number, nowSeconds: number): number {
    this.#longestSeconds = this.isNone ? seconds : Math.max(this.#longestSeconds, seconds);
    this.#atSeconds = nowSeconds;
    this.#weight += LOSS;
    return this.#weight;
  }

  /** An answer was carried that weighs so much. */
  carried(weight: number): void {
    this.#weight = Math.max(0, this.#weight - weight);
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
