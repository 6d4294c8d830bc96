import type { StateStore, StoredValue } from "./state-store.js";

/**
 * A {@link StateStore} in the memory of this process: for tests, for demos, and for servers whose devices may start over when the process does.
 * Every device then syncs anew after a restart, so give a real server a store that lasts.
 */
export class MemoryStateStore implements StateStore {
  readonly #values = new Map<string, StoredValue>();
  #writes = 0;
  #bytesWritten = 0;

  /** Keys that exist at present. */
  get size(): number {
    return this.#values.size;
  }

  /** Writes that took effect since the store was made. */
  get writes(): number {
    return this.#writes;
  }

  /** UTF-8 bytes of all values written since the store was made: what a store on disk would have had to take. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** The value last written, or undefined. */
  async read(key: string): Promise<StoredValue | undefined> {
    return this.#values.get(key);
  }

  /** Compare and set; see {@link StateStore.write}. */
  async write(key: string, value: string, expectedVersion: string | undefined): Promise<string | undefined> {
    if (this.#values.get(key)?.version !== expectedVersion) return undefined;
    this.#writes += 1;
    this.#bytesWritten += Buffer.byteLength(value);
    // Counted over all keys: a key that was deleted and written again must not get a version that it had before.
    const version = String(this.#writes);
    this.#values.set(key, { value, version });
    return version;
  }

  /** Removes the key; one that does not exist is ignored. */
  async delete(key: string): Promise<void> {
    this.#values.delete(key);
  }

  /** Keys and values at present, for tests. */
  entries(): IterableIterator<[key: string, stored: StoredValue]> {
    return this.#values.entries();
  }
}
