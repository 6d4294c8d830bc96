import type { Clock, ClockTimer } from "../clock.js";

/** What can stand in a {@link DeadlineWheel}. The links belong to the wheel: nobody else writes them. */
export interface WheelEntry<E> {
  /** The slot it stands in, or -1 when it stands in none. */
  slot: number;
  previous: E | undefined;
  next: E | undefined;
}

/**
 * Deadlines of many held requests behind one timer: a linked list per slot, the links in the entries themselves. Deadlines are
 * rounded down to a slot, so an entry is due up to one slot early and never late.
 */
export class DeadlineWheel<E extends WheelEntry<E>> {
  readonly #clock: Clock;
  readonly #slotMs: number;
  readonly #due: (entry: E) => void;
  readonly #heads = new Map<number, E>();
  #timer: ClockTimer | undefined;
  #timerSlot = 0;

  /**
   * @param slotMs width of a slot in milliseconds.
   * @param due called once for each entry whose slot has come, after the entry was taken out. Must not throw.
   */
  constructor(clock: Clock, slotMs: number, due: (entry: E) => void) {
    this.#clock = clock;
    this.#slotMs = slotMs;
    this.#due = due;
  }

  /** Puts an entry that stands in no slot into the slot of `deadlineMs`, on the clock's monotonic time. A past one is due at once. */
  add(entry: E, deadlineMs: number): void {
    const slot = Math.max(0, Math.floor(deadlineMs / this.#slotMs));
    const head = this.#heads.get(slot);
    entry.slot = slot;
    entry.previous = undefined;
    entry.next = head;
    if (head !== undefined) head.previous = entry;
    this.#heads.set(slot, entry);
    if (this.#timer === undefined || slot < this.#timerSlot) this.#arm(slot);
  }

  /** Takes an entry out; one that stands in no slot is ignored. */
  remove(entry: E): void {
    if (entry.slot < 0) return;
    if (entry.next !== undefined) entry.next.previous = entry.previous;
    if (entry.previous !== undefined) entry.previous.next = entry.next;
    else if (entry.next !== undefined) this.#heads.set(entry.slot, entry.next);
    else this.#heads.delete(entry.slot);
    entry.slot = -1;
    entry.previous = undefined;
    entry.next = undefined;
    if (this.#heads.size === 0) this.#disarm();
  }

  #arm(slot: number): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timerSlot = slot;
    const delayMs = Math.max(0, Math.ceil(slot * this.#slotMs - this.#clock.monotonicNow()));
    this.#timer = this.#clock.setTimer(this.#tick, delayMs);
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  readonly #tick = (): void => {
    this.#timer = undefined;
    // Timers of the system may fire a fraction of a millisecond before the monotonic clock says so.
    const present = Math.floor((this.#clock.monotonicNow() + 1) / this.#slotMs);
    const come: number[] = [];
    for (const slot of this.#heads.keys()) if (slot <= present) come.push(slot);
    for (const slot of come) this.#empty(slot);
    if (this.#heads.size > 0) this.#arm(earliest(this.#heads.keys()));
  };

  #empty(slot: number): void {
    // What a `due` adds to this very slot waits for the next tick, or a busy caller could keep this loop alive.
    const entries: E[] = [];
    for (let entry = this.#heads.get(slot); entry !== undefined; entry = entry.next) entries.push(entry);
    for (const entry of entries) {
      if (entry.slot !== slot) continue;
      this.remove(entry);
      this.#due(entry);
    }
  }
}

function earliest(slots: Iterable<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const slot of slots) if (slot < least) least = slot;
  return least;
}
