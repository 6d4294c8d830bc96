import type { Clock } from "../clock.js";
import { inMicrotask } from "./in-microtask.js";

/** A turn of the event loop is given up after this long, however small the slice was. */
const TURN_MS = 2;
/** Entries handled between two looks at the clock; what they left to microtasks runs in between. */
const RUN_LENGTH = 16;

/**
 * Handles entries in the order they came, a slice at most in each turn of the event loop, so that ten thousand at once do not
 * block it. The first of a turn are handled in a microtask, never from inside `push`.
 */
export class SlicedQueue<T> {
  readonly #clock: Clock;
  readonly #sliceSize: number;
  readonly #handle: (entry: T) => void;
  #entries: (T | undefined)[] = [];
  #head = 0;
  #leftInTurn: number;
  #leftInRun = RUN_LENGTH;
  #turnBeganMs = 0;
  #isTurnOpen = false;
  #isScheduled = false;
  #onDrained: (() => void)[] = [];

  /**
   * @param sliceSize most entries of one turn, at least 1.
   * @param handle called once for each entry. Must not throw.
   */
  constructor(clock: Clock, sliceSize: number, handle: (entry: T) => void) {
    this.#clock = clock;
    this.#sliceSize = sliceSize;
    this.#handle = handle;
    this.#leftInTurn = sliceSize;
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
    this.#openTurn();
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
    if (this.#clock.monotonicNow() - this.#turnBeganMs >= TURN_MS) this.#leftInTurn = 0;
  }

  #openTurn(): void {
    if (this.#isTurnOpen) return;
    this.#isTurnOpen = true;
    this.#leftInRun = RUN_LENGTH;
    this.#turnBeganMs = this.#clock.monotonicNow();
    setImmediate(() => {
      this.#isTurnOpen = false;
      this.#leftInTurn = this.#sliceSize;
      if (this.#head < this.#entries.length) this.#run();
    });
  }

  #reset(): void {
    this.#entries = [];
    this.#head = 0;
    const waiting = this.#onDrained;
    this.#onDrained = [];
    for (const resolve of waiting) resolve();
  }
}
