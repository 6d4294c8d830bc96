import type { Clock } from "../../clock.js";

/** A wait that can be cut short; one at a time. */
export class Pause {
  readonly #clock: Clock;
  #end: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for so many seconds, or until {@link end}. Keeps the process alive no more than the clock's timers do. */
  wait(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(() => this.end(), seconds * 1000);
      this.#end = () => {
        this.#clock.clearTimer(timer);
        resolve();
      };
    });
  }

  /** Ends the wait, if there is one. */
  end(): void {
    const end = this.#end;
    this.#end = undefined;
    end?.();
  }
}
