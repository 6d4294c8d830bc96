import type { Clock, ClockTimer } from "../clock.js";
import { inMicrotask } from "./in-microtask.js";

interface Batch<T> {
  readonly openedMs: number;
  readonly entries: T[];
}

/**
 * Lets each entry wait for the same short time, behind one timer, so that the changes of one operation come together.
 */
export class GatheringWindow<T> {
  readonly #clock: Clock;
  readonly #gatherMs: number;
  readonly #closed: (entry: T) => void;
  readonly #batches: Batch<T>[] = [];
  #timer: ClockTimer | undefined;
  /** The end of the present call is waited for. */
  #isEnding = false;

  /**
   * @param gatherMs how long an entry waits, in milliseconds; 0 means until the code that adds it has returned.
   * @param closed called once for each entry whose time is over. Must not throw.
   */
  constructor(clock: Clock, gatherMs: number, closed: (entry: T) => void) {
    this.#clock = clock;
    this.#gatherMs = gatherMs;
    this.#closed = closed;
  }

  /** Starts an entry's wait. An entry that is added twice is called for twice. */
  add(entry: T): void {
    const nowMs = Math.floor(this.#clock.monotonicNow());
    const last = this.#batches.at(-1);
    if (last !== undefined && (last.openedMs === nowMs || this.#gatherMs === 0)) {
      last.entries.push(entry);
      return;
    }
    this.#batches.push({ openedMs: nowMs, entries: [entry] });
    this.#arm();
  }

  /** Forgets every entry. */
  clear(): void {
    this.#batches.length = 0;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    const first = this.#batches[0];
    if (first === undefined || this.#timer !== undefined || this.#isEnding) return;
    if (this.#gatherMs === 0) {
      // Half of what a wake-up takes would be the way to the next phase of the event loop.
      this.#isEnding = true;
      inMicrotask(this.#tick);
      return;
    }
    const leftMs = Math.max(0, first.openedMs + this.#gatherMs - this.#clock.monotonicNow());
    this.#timer = this.#clock.setTimer(this.#tick, Math.ceil(leftMs));
  }

  readonly #tick = (): void => {
    this.#timer = undefined;
    this.#isEnding = false;
    const nowMs = this.#clock.monotonicNow() + 1;
    while (this.#batches[0] !== undefined && this.#batches[0].openedMs + this.#gatherMs <= nowMs) {
      const batch = this.#batches.shift();
      for (const entry of batch?.entries ?? []) this.#closed(entry);
    }
    this.#arm();
  };
}
