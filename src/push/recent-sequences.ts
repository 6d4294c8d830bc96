import { RecentNotes } from "./recent-notes.js";

/**
 * The newest sequence number seen for a key, for as long as an older request of it may still be on its way: the last ten
 * thousand keys at least, whatever the number of devices.
 */
export class RecentSequences {
  readonly #numbers = new RecentNotes<number>(10_000);

  /** Remembers the number unless a higher one is known. */
  note(key: string, sequence: number): void {
    if (this.newest(key) < sequence) this.#numbers.set(key, sequence);
  }

  /** The highest number noted for the key, or -1 when none is remembered. */
  newest(key: string): number {
    return this.#numbers.get(key) ?? -1;
  }
}
