/**
 * A map of a bounded number of entries: those that were set last stay.
 *
 * @typeParam V never undefined.
 */
export class RecentlySet<V> {
  readonly #most: number;
  /** In the order in which they were set, the longest ago first. */
  readonly #entries = new Map<string, V>();
  /** Kept, because a new iterator walks over all that was deleted since the map last grew: 15 us each with 20,000 entries. */
  #longestAgo: IterableIterator<string>;

  /** @param most how many entries are kept, 1 or more. */
  constructor(most: number) {
    this.#most = most;
    this.#longestAgo = this.#entries.keys();
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** What was last set under the key, if it is still kept. */
  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** Whether something is kept under the key. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Sets an entry, which is from now on the one that was set last. */
  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#most) this.#forgetOne();
  }

  /** Takes an entry out. */
  delete(key: string): void {
    this.#entries.delete(key);
  }

  #forgetOne(): void {
    // What the iterator has passed is gone, or was set again and lies ahead.
    const { value, done } = this.#longestAgo.next();
    if (done === true) this.#longestAgo = this.#entries.keys();
    else this.#entries.delete(value);
  }
}
