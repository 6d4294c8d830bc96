/** Keys of one generation; two are kept. */
const GENERATION_SIZE = 5_000;

/**
 * The newest sequence number seen for a key, for as long as an older request of it may still be on its way: the last five to ten
 * thousand keys, whatever the number of devices.
 */
export class RecentSequences {
  #present = new Map<string, number>();
  #former = new Map<string, number>();

  /** Remembers the number unless a higher one is known. */
  note(key: string, sequence: number): void {
    if (this.newest(key) >= sequence) return;
    this.#present.set(key, sequence);
    if (this.#present.size < GENERATION_SIZE) return;
    this.#former = this.#present;
    this.#present = new Map();
  }

  /** The highest number noted for the key, or -1 when none is remembered. */
  newest(key: string): number {
    return Math.max(this.#present.get(key) ?? -1, this.#former.get(key) ?? -1);
  }
}
