import { DirectPushError } from "../errors.js";
import { concurrentMap } from "./concurrent-map.js";
import { type BucketContent, bucketText, parseBucket } from "./known-bucket-text.js";
import { bucketOfId, bucketTargetEntries, bucketToSplit } from "./known-items-address.js";
import { stateKey } from "./state-key.js";
import type { StateStore } from "./state-store.js";

/**
 * What a device has of an item. `version` 0: it does not have the item. `flags`: the flags it has, as short text; empty for none.
 * `skipped`: the version that could not be rendered and is not tried again; absent or empty for none.
 */
export type KnownItem = readonly [version: string | 0, flags?: string, skipped?: string];

/** Known items by their id; null takes one out. */
export type KnownItemChanges = ReadonlyMap<string, KnownItem | null>;

/** How many buckets there are, and about how many items in them. */
export interface KnownItemsSize {
  readonly buckets: number;
  readonly items: number;
}

/** Whose known items: one start from SyncKey 0 of one device and collection. */
export interface KnownItemsOwner {
  readonly store: StateStore;
  readonly user: string;
  readonly deviceId: string;
  readonly collectionId: string;
  /** Made at SyncKey 0, so that nothing of an earlier start is ever read. */
  readonly generation: string;
}

interface Bucket extends BucketContent {
  readonly storedVersion: string | undefined;
}

const maxConcurrentCalls = 16;
const maxAttempts = 8;

/**
 * What a device has of a folder, in small buckets by linear hashing: looking up or changing one item costs one bucket, whatever the size
 * of the folder. Buckets are read once and remembered for as long as this object lives: make a new one for each request.
 */
export class KnownItems {
  readonly #owner: KnownItemsOwner;
  readonly #read = new Map<number, Promise<Bucket>>();
  #size: KnownItemsSize;

  constructor(owner: KnownItemsOwner, size: KnownItemsSize) {
    this.#owner = owner;
    this.#size = size;
  }

  /** Grows with {@link fold}; the caller stores it in the collection record. */
  get size(): KnownItemsSize {
    return this.#size;
  }

  /** What the device has of one item; undefined for nothing. */
  async get(id: string): Promise<KnownItem | undefined> {
    const bucket = await this.#bucket(bucketOfId(id, this.#size.buckets));
    return bucket.items.get(id);
  }

  /** Reads the buckets of many items at once. */
  async readAhead(ids: readonly string[]): Promise<void> {
    const indexes = new Set(ids.map((id) => bucketOfId(id, this.#size.buckets)));
    await concurrentMap([...indexes], maxConcurrentCalls, (index) => this.#bucket(index));
  }

  /** Everything in one bucket, 0 to `size.buckets - 1`; not remembered. */
  async bucket(index: number): Promise<ReadonlyMap<string, KnownItem>> {
    return (await this.#load(index)).items;
  }

  /**
   * Writes changes into their buckets, and divides buckets that have become too full. Safe to repeat after a crash, with the same or with
   * more changes, as long as the collection record that holds the changes is replaced only afterwards.
   *
   * @param revision of the stored collection record that holds these changes.
   * @throws DirectPushError `ERR_STATE_CONFLICT` when a later revision was folded meanwhile: the caller's record is outdated.
   */
  async fold(changes: KnownItemChanges, revision: number): Promise<void> {
    const groups = new Map<number, [string, KnownItem | null][]>();
    for (const change of changes) {
      const index = bucketOfId(change[0], this.#size.buckets);
      const group = groups.get(index);
      if (group === undefined) groups.set(index, [change]);
      else group.push(change);
    }
    const folded = await concurrentMap([...groups], maxConcurrentCalls, ([index, group]) =>
      this.#foldBucket(index, group, revision),
    );
    const counted = folded.reduce((sum, { growth }) => sum + growth, this.#size.items);
    // A fold whose record was not written any more is not counted when it is repeated: the buckets that are seen set it right.
    const items = Math.max(counted, ...folded.map(({ entries }) => entries));
    this.#size = { buckets: this.#size.buckets, items };
    while (this.#size.items > this.#size.buckets * bucketTargetEntries) await this.#split(revision);
  }

  async #foldBucket(
    index: number,
    changes: readonly [string, KnownItem | null][],
    revision: number,
  ): Promise<{ readonly growth: number; readonly entries: number }> {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const before = await (attempt === 0 ? this.#bucket(index) : this.#load(index));
      const items = new Map(before.items);
      for (const [id, item] of changes) {
        if (item === null) items.delete(id);
        else items.set(id, item);
      }
      if (await this.#write(index, items, before, revision)) {
        return { growth: items.size - before.items.size, entries: items.size };
      }
    }
    throw conflict(this.#owner);
  }

  async #split(revision: number): Promise<void> {
    const added = this.#size.buckets;
    const divided = await this.#bucket(bucketToSplit(added));
    const moved = new Map([...divided.items].filter(([id]) => bucketOfId(id, added + 1) === added));
    // What moved also stays where it was, and is ignored there once the record says that there is one bucket more.
    const before = await this.#loadAny(added);
    if (!(await this.#write(added, moved, before, revision))) throw conflict(this.#owner);
    this.#read.delete(bucketToSplit(added));
    this.#size = { buckets: added + 1, items: this.#size.items };
  }

  #bucket(index: number): Promise<Bucket> {
    let bucket = this.#read.get(index);
    if (bucket === undefined) {
      bucket = this.#load(index);
      this.#read.set(index, bucket);
      bucket.catch(() => this.#read.delete(index));
    }
    return bucket;
  }

  async #load(index: number): Promise<Bucket> {
    const bucket = await this.#loadAny(index);
    const { buckets } = this.#size;
    const own = [...bucket.items].filter(([id]) => bucketOfId(id, buckets) === index);
    return own.length === bucket.items.size ? bucket : { ...bucket, items: new Map(own) };
  }

  async #loadAny(index: number): Promise<Bucket> {
    const stored = await this.#owner.store.read(bucketKey(this.#owner, index));
    if (stored === undefined) return { revision: 0, items: new Map(), storedVersion: undefined };
    return { ...parseBucket(stored.value), storedVersion: stored.version };
  }

  /** False when another writer was faster. */
  async #write(
    index: number,
    items: ReadonlyMap<string, KnownItem>,
    before: Bucket,
    revision: number,
  ): Promise<boolean> {
    // A process that still holds an older record must not undo what a newer one has folded.
    if (before.revision > revision) throw conflict(this.#owner);
    const key = bucketKey(this.#owner, index);
    const text = bucketText({ revision, items });
    const storedVersion = await this.#owner.store.write(key, text, before.storedVersion);
    if (storedVersion === undefined) return false;
    this.#read.set(index, Promise.resolve({ revision, items, storedVersion }));
    return true;
  }
}

/** Removes up to `limit` buckets of a start that is over, the last ones first. Returns how many are left. */
export async function deleteKnownItems(
  owner: KnownItemsOwner,
  buckets: number,
  limit: number,
): Promise<number> {
  const left = Math.max(0, buckets - limit);
  const indexes = Array.from({ length: buckets - left }, (_, offset) => left + offset);
  await concurrentMap(indexes, maxConcurrentCalls, (index) => owner.store.delete(bucketKey(owner, index)));
  return left;
}

function bucketKey(owner: KnownItemsOwner, index: number): string {
  return stateKey("known", owner.user, owner.deviceId, owner.collectionId, `${owner.generation}.${index}`);
}

function conflict(owner: KnownItemsOwner): DirectPushError {
  return new DirectPushError(
    "ERR_STATE_CONFLICT",
    `the known items of ${owner.collectionId} were changed by another process`,
  );
}
