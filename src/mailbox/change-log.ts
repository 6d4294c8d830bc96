/** One line of a {@link ChangeLog}. */
export interface ChangeLogEntry {
  /** Greater than those of all entries before. */
  readonly sequence: number;
  /** True once a later entry tells about the same item, or the entry was forgotten. */
  superseded: boolean;
}

/** Changes in their order. Superseded ones are skipped, and their memory is taken back when they are the greater part. */
export class ChangeLog<E extends ChangeLogEntry> {
  #entries: E[] = [];
  #superseded = 0;

  /** Adds the latest change. */
  append(entry: E): void {
    this.#entries.push(entry);
  }

  /** Marks an entry of the log as superseded. */
  supersede(entry: E): void {
    entry.superseded = true;
    this.#superseded += 1;
    if (this.#superseded <= 32 || this.#superseded * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.filter((one) => !one.superseded);
    this.#superseded = 0;
  }

  /** Entries after a sequence that are not superseded, in their order. The log must not change while this runs. */
  *after(sequence: number): IterableIterator<E> {
    for (let at = this.#firstAfter(sequence); at < this.#entries.length; at += 1) {
      const entry = this.#entries[at] as E;
      if (!entry.superseded) yield entry;
    }
  }

  #firstAfter(sequence: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] as E).sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
