/**
 * Remembers the entries that were written last, as many as a generation holds at least and twice as many at most. Forgetting costs
 * nothing: the older of two generations goes as a whole.
 *
 * @typeParam V never undefined.
 */
export class RecentEntries<V> {
  readonly #generationSize: number;
  #present = new Map<string, V>();
  #former = new Map<string, V>();

  /** @param generationSize entries that are remembered for certain, at least 1. */
  constructor(generationSize: number) {
    this.#generationSize = generationSize;
  }

  /** What was last written under the key, if it is remembered. */
  get(key: string): V | undefined {
    return this.#present.get(key) ?? this.#former.get(key);
  }

  /** Writes an entry, which is then remembered anew. */
  set(key: string, value: V): void {
    this.#present.set(key, value);
    if (this.#present.size < this.#generationSize) return;
    this.#former = this.#present;
    this.#present = new Map();
  }
}
