import type { Clock } from "../clock.js";

/** Counts the requests that wait for their answer, held ones included, so that a shutdown can wait for the last. */
export class Unanswered {
  readonly #clock: Clock;
  #count = 0;
  #onDrained: (() => void) | undefined = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** One more. */
  add(): void {
    this.#count += 1;
  }

  /** One less: it was answered, or its client went away. */
  remove(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#onDrained?.();
  }

  /** Resolves when there is none left, after `timeoutMs` at the latest. */
  async drained(timeoutMs: number): Promise<void> {
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimer(resolve, timeoutMs);
      this.#onDrained = () => {
        this.#clock.clearTimer(timer);
        resolve();
      };
    });
  }
}
