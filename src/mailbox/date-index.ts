/** What a {@link DateIndex} orders. `order` tells apart what has the same date: unique in an index, and never used again. */
export interface DateIndexEntry {
  /** Milliseconds since the epoch; Infinity for what has no date and so belongs to every window. */
  readonly orderMs: number;
  readonly order: number;
  /** True once the entry is not part of the index any more. */
  dead: boolean;
}

/** A place between two entries of a {@link DateIndex}: right before the entry that has these numbers. */
export interface DatePosition {
  readonly orderMs: number;
  readonly order: number;
}

const insertOneByOne = 32;

function compare(a: DatePosition, b: DatePosition): number {
  return a.orderMs === b.orderMs ? a.order - b.order : a.orderMs < b.orderMs ? -1 : 1;
}

/**
 * Entries in the order of their dates. What is newest costs nothing to add; what is not is kept aside and merged when somebody
 * asks, so that filling an index with n entries in any order costs n log n. A range costs log n and what it yields.
 */
export class DateIndex<E extends DateIndexEntry> {
  #sorted: E[] = [];
  #pending: E[] = [];
  #dead = 0;

  /** Adds a live entry that is not in the index yet. */
  add(entry: E): void {
    const last = this.#sorted.at(-1);
    if (this.#pending.length === 0 && (last === undefined || compare(last, entry) < 0))
      this.#sorted.push(entry);
    else this.#pending.push(entry);
  }

  /** Puts `entry` in the place of another with the same date and order. */
  replace(entry: E): void {
    this.#settle();
    this.#sorted[this.#firstNotBefore(entry)] = entry;
  }

  /** Marks an entry as dead; its place is taken back later. */
  remove(entry: E): void {
    entry.dead = true;
    this.#dead += 1;
    if (this.#dead <= 32 || this.#dead * 2 <= this.#sorted.length + this.#pending.length) return;
    this.#sorted = this.#sorted.filter((one) => !one.dead);
    this.#pending = this.#pending.filter((one) => !one.dead);
    this.#dead = 0;
  }

  /** Live entries before a position, newest first. The index must not change while this runs. */
  *before(position: DatePosition): IterableIterator<E> {
    this.#settle();
    for (let at = this.#firstNotBefore(position) - 1; at >= 0; at -= 1) {
      const entry = this.#sorted[at] as E;
      if (!entry.dead) yield entry;
    }
  }

  #firstNotBefore(position: DatePosition): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.#sorted[middle] as E, position) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #settle(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#pending = [];
    if (pending.length <= insertOneByOne) {
      for (const entry of pending) this.#sorted.splice(this.#firstNotBefore(entry), 0, entry);
      return;
    }
    this.#sorted = merge(this.#sorted, pending.sort(compare));
  }
}

function merge<E extends DatePosition>(left: readonly E[], right: readonly E[]): E[] {
  const merged: E[] = [];
  let at = 0;
  for (const entry of right) {
    while (at < left.length && compare(left[at] as E, entry) < 0) {
      merged.push(left[at] as E);
      at += 1;
    }
    merged.push(entry);
  }
  while (at < left.length) {
    merged.push(left[at] as E);
    at += 1;
  }
  return merged;
}
