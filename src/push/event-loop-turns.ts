import type { Clock } from "../clock.js";

/** A turn of the event loop is given up after this long. */
const TURN_MS = 2;

/**
 * The turns of the event loop that queues of one server share: what one of them hands on to the next is handled soon after, while the other goes on. With a turn of its own each, the
 * first would be through with its slice before the second may begin, and thousands would lie between them.
 */
export class EventLoopTurns {
  readonly #clock: Clock;
  readonly #queues: (() => void)[] = [];
  #beganMs = 0;
  #isOpen = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param begin called at the beginning of each turn that follows one which was opened. Queues that join first begin first. */
  join(begin: () => void): void {
    this.#queues.push(begin);
  }

  /** A queue is at work in the present turn; there will be another one. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#beganMs = this.#clock.monotonicNow();
    setImmediate(() => {
      this.#isOpen = false;
      for (const begin of this.#queues) begin();
    });
  }

  /** Whether the present turn has lasted long enough, for all queues together. */
  get isUsedUp(): boolean {
    return this.#clock.monotonicNow() - this.#beganMs >= TURN_MS;
  }
}
