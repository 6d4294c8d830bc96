/** Functions that hear of the same thing. */
export class Listeners<Arguments extends readonly unknown[]> {
  readonly #listeners = new Set<{ readonly hear: (...told: Arguments) => void }>();

  /** How many there are. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Adds one, as often as it is given. Returns how to take it out, which may be called twice. */
  add(hear: (...told: Arguments) => void): () => void {
    const entry = { hear };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  /** Tells those that are there now, but for those that are taken out meanwhile. */
  tell(...told: Arguments): void {
    for (const entry of [...this.#listeners]) if (this.#listeners.has(entry)) entry.hear(...told);
  }
}
