import type { EventLoopTurns } from "./event-loop-turns.js";
import { inMicrotask } from "./in-microtask.js";

/** Entries handled between two looks at the clock; what they left to microtasks runs in between. */
const RUN_LENGTH = 16;

/**
 * Handles entries in the order they came, a slice at most in each turn of the event loop, so that ten thousand at once do not
 * block it. The first of a turn are handled in a microtask, never from inside `push`.
 */
export class SlicedQueue<T> {
  readonly #turns: EventLoopTurns;
  readonly #sliceSize: number;
  readonly #handle: (entry: T) => void;
  #entries: (T | undefined)[] = [];
  #head = 0;
  #leftInTurn: number;
  #leftInRun = RUN_LENGTH;
  #isScheduled = false;
  #onDrained: (() => void)[] = [];

  /**
   * @param turns gives a turn up when it has lasted long enough, however small the slice was.
   * @param sliceSize most entries of one turn, at least 1.
   * @param handle called once for each entry. Must not throw.
   */
  constructor(turns: EventLoopTurns, sliceSize: number, handle: (entry: T) => void) {
    this.#turns = turns;
    this.#sliceSize = sliceSize;
    this.#handle = handle;
    this.#leftInTurn = sliceSize;
    turns.join(() => this.#begin());
  }

  /** Adds an entry at the end. */
  push(entry: T): void {
    this.#entries.push(entry);
    this.#schedule();
  }

  /** Resolves once every entry that is in the queue now, and every later one up to then, was handled. */
  drained(): Promise<void> {
    if (this.#entries.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onDrained.push(resolve));
  }

  #schedule(): void {
    // A used-up turn goes on in the next one, which is already on its way.
    if (this.#isScheduled || this.#leftInTurn === 0) return;
    this.#isScheduled = true;
    inMicrotask(this.#run);
  }

  readonly #run = (): void => {
    this.#isScheduled = false;
    this.#turns.open();
    while (this.#leftInRun > 0 && this.#leftInTurn > 0) {
      if (this.#head >= this.#entries.length) break;
      const entry = this.#entries[this.#head];
      // Nothing of it is to be kept until the last of ten thousand is handled.
      this.#entries[this.#head] = undefined;
      this.#head += 1;
      this.#leftInRun -= 1;
      this.#leftInTurn -= 1;
      this.#handle(entry as T);
    }
    if (this.#leftInRun === 0) this.#lookAtClock();
    if (this.#head < this.#entries.length) this.#schedule();
    else this.#reset();
  };

  #lookAtClock(): void {
    this.#leftInRun = RUN_LENGTH;
    if (this.#turns.isUsedUp) this.#leftInTurn = 0;
  }

  #begin(): void {
    this.#leftInTurn = this.#sliceSize;
    this.#leftInRun = RUN_LENGTH;
    if (this.#head < this.#entries.length) this.#schedule();
  }

  #reset(): void {
    this.#entries = [];
    this.#head = 0;
    const waiting = this.#onDrained;
    this.#onDrained = [];
    for (const resolve of waiting) resolve();
  }
}
