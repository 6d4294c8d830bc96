import type { KnownItem, KnownItemChanges, KnownItems } from "../state/known-items.js";

/** What a device has in one of the states that it may be in: the buckets, with later changes laid over them. */
export class KnownView {
  readonly #buckets: KnownItems;
  /** The latest last. */
  readonly #layers: readonly KnownItemChanges[];

  constructor(buckets: KnownItems, layers: readonly KnownItemChanges[]) {
    this.#buckets = buckets;
    this.#layers = layers;
  }

  /** Number of buckets. */
  get buckets(): number {
    return this.#buckets.size.buckets;
  }

  /** What the device has of an item; undefined for nothing. */
  async get(id: string): Promise<KnownItem | undefined> {
    for (let at = this.#layers.length - 1; at >= 0; at -= 1) {
      const item = this.#layers[at]?.get(id);
      if (item !== undefined) return item ?? undefined;
    }
    return this.#buckets.get(id);
  }

  /** Reads what will be asked for of many items at once, rather than one after the other. */
  async readAhead(ids: readonly string[]): Promise<void> {
    await this.#buckets.readAhead(ids.filter((id) => !this.#layers.some((layer) => layer.has(id))));
  }

  /** The ids in a bucket; with those of the layers when it is the first. */
  async idsToSweep(bucket: number): Promise<readonly string[]> {
    const ids = new Set((await this.#buckets.bucket(bucket)).keys());
    if (bucket === 0) for (const layer of this.#layers) for (const id of layer.keys()) ids.add(id);
    return [...ids];
  }
}
