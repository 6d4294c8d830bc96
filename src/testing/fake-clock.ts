import type { Clock, ClockTimer } from "../clock.js";

/** Turns of the event loop that {@link FakeClock.settle} waits for. */
const SETTLE_TURNS = 4;

// Taken now, so that a test runner which replaces the global one does not stop this clock.
const realSetImmediate = setImmediate;

interface FakeTimer {
  readonly dueMs: number;
  readonly callback: () => void;
  isPending: boolean;
}

/** Where a {@link FakeClock} starts. */
export interface FakeClockOptions {
  /** The wall clock, in milliseconds since the Unix epoch: 2026-01-01T00:00:00Z by default. */
  readonly nowMs?: number;
  /** The monotonic clock in milliseconds: 0 by default. */
  readonly monotonicMs?: number;
}

/**
 * A clock that stands still until it is told to go on: a day of heartbeats runs in milliseconds, and always the same way. Give it
 * to the server as its `clock`.
 */
export class FakeClock implements Clock {
  #nowMs: number;
  #monotonicMs: number;
  /** By due time; equal ones in the order they were set. */
  readonly #timers: FakeTimer[] = [];

  constructor(options: FakeClockOptions = {}) {
    this.#nowMs = options.nowMs ?? Date.UTC(2026, 0, 1);
    this.#monotonicMs = options.monotonicMs ?? 0;
  }

  /** How many timers are set and have neither fired nor been cancelled. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicNow(): number {
    return this.#monotonicMs;
  }

  setTimer(callback: () => void, delayMs: number): ClockTimer {
    const timer = { dueMs: this.#monotonicMs + Math.max(0, delayMs || 0), callback, isPending: true };
    this.#timers.splice(this.#positionAfter(timer.dueMs), 0, timer);
    return timer;
  }

  clearTimer(timer: ClockTimer): void {
    const known = timer as FakeTimer;
    if (!known.isPending) return;
    known.isPending = false;
    this.#timers.splice(this.#timers.indexOf(known), 1);
  }

  /**
   * Lets time pass. Timers fire in their order, each at its own time; between two times the promises and `setImmediate` callbacks
   * that are ready run, so that a timer which they set is in time.
   *
   * @param durationMs milliseconds, 0 or more; 0 fires what is due now.
   * @throws whatever a timer's callback throws.
   */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#monotonicMs + durationMs;
    await this.settle();
    for (let timer = this.#next(untilMs); timer !== undefined; timer = this.#next(untilMs)) {
      this.#pass(Math.max(0, timer.dueMs - this.#monotonicMs));
      this.#fireDue();
      await this.settle();
    }
    this.#pass(untilMs - this.#monotonicMs);
  }

  /** Moves the wall clock alone, as a time server or a user does: no timer fires, no interval changes. May be negative. */
  jump(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Waits, without letting time pass, until promises and `setImmediate` callbacks that are ready have run. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < SETTLE_TURNS; turn += 1) {
      await new Promise<void>((resolve) => realSetImmediate(resolve));
    }
  }

  #fireDue(): void {
    // Those set by a callback for this very time fire after the others had their turn of the event loop.
    const due = this.#timers.filter((timer) => timer.dueMs <= this.#monotonicMs);
    for (const timer of due) {
      if (!timer.isPending) continue;
      this.clearTimer(timer);
      timer.callback();
    }
  }

  #next(untilMs: number): FakeTimer | undefined {
    const first = this.#timers[0];
    return first !== undefined && first.dueMs <= untilMs ? first : undefined;
  }

  #pass(durationMs: number): void {
    this.#nowMs += durationMs;
    this.#monotonicMs += durationMs;
  }

  #positionAfter(dueMs: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const timer = this.#timers[middle];
      if (timer !== undefined && timer.dueMs <= dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
