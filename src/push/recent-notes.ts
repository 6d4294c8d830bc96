/**
 * A map that forgets: what was set last stays, a known number of entries at least and twice as many at most. It costs one look-up for a set, where one that
 * forgets entry by entry costs five, and ten thousand requests that are answered at once set ten thousand entries.
 *
 * @typeParam V never undefined.
 */
export class RecentNotes<V> {
  readonly #least: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** @param least how many entries, of those that were set last, are kept in any case; 1 or more. */
  constructor(least: number) {
    this.#least = least;
  }

  /** What was last set under the key, if it is still kept. */
  get(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** Sets an entry. */
  set(key: string, value: V): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#least) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
