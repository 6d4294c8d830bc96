import { DirectPushError } from "../errors.js";
import type { ItemClass } from "../mailbox/folder.js";
import { newSyncKey } from "../protocol/sync-key.js";
import {
  type AppliedCommand,
  type CollectionPosition,
  type CollectionRecord,
  type IssuedState,
  readCollection,
  type StoredCollection,
  writeCollection,
} from "../state/collection-record.js";
import { deleteKnownItems, type KnownItem, KnownItems } from "../state/known-items.js";
import { type CollectionSettings, parseSettings } from "./collection-settings.js";
import { KnownView } from "./known-view.js";
import { classOfRecord, comparable, ownerOf } from "./stored-collection.js";
import type { SyncContext } from "./sync-context.js";

/** Acknowledged changes that a record holds before they are folded into the buckets: few enough to be written with every change. */
const maxOverlayEntries = 32;
/** Answers to one state that stay valid: devices that lose one answer after the other present the last one that they got. */
const maxIssuedStates = 3;
const maxAppliedCommands = 1_000;
const maxStaleDeletes = 64;

/** What a request leaves behind in a collection. */
export interface CollectionCommit {
  readonly position: CollectionPosition;
  readonly settings: CollectionSettings;
  /** What the answer makes the device have; empty for an answer without a new key. */
  readonly delta: ReadonlyMap<string, KnownItem | null>;
  readonly applied: readonly AppliedCommand[];
  /** Whether the answer carries a new key. */
  readonly issue: boolean;
}

/** How a presented SyncKey was found. */
export type OpenedCollection =
  /** Never given out, or older than the state that the device confirmed last. `itemClass` is undefined when there is no record. */
  | { readonly kind: "unknown-key"; readonly itemClass: ItemClass | undefined }
  | { readonly kind: "opened"; readonly session: CollectionSession };

/** One request's work on one collection, from the presented key to the stored result. */
export class CollectionSession {
  readonly #context: SyncContext;
  readonly #collectionId: string;
  readonly #stored: string | undefined;
  readonly #text: string;
  readonly #known: KnownItems;
  /** The record as it is once the presented key is taken for a confirmation. */
  readonly #record: CollectionRecord;
  readonly itemClass: ItemClass;
  /** Whether the device presents the key again: the answer to it was lost, or is still under way. */
  readonly replay: boolean;

  constructor(
    context: SyncContext,
    collectionId: string,
    stored: { readonly record: CollectionRecord; readonly storedVersion: string | undefined },
    presented: { readonly record: CollectionRecord; readonly known: KnownItems; readonly replay: boolean },
  ) {
    this.#context = context;
    this.#collectionId = collectionId;
    this.#stored = stored.storedVersion;
    this.#text = comparable(stored.record);
    this.#record = presented.record;
    this.#known = presented.known;
    this.replay = presented.replay;
    this.itemClass = classOfRecord(presented.record) ?? "Email";
  }

  /** The position behind the presented key. */
  get position(): CollectionPosition {
    return this.#record.basePosition;
  }

  get settings(): CollectionSettings {
    return parseSettings(this.#record.settings);
  }

  /** Client commands that took effect since the presented key was given out. */
  get applied(): readonly AppliedCommand[] {
    return this.#record.applied;
  }

  /** What the device has, with `own` changes of the request at hand laid over it. */
  known(own: ReadonlyMap<string, KnownItem | null>): KnownView {
    return new KnownView(this.#known, [this.#record.overlay, own]);
  }

  /**
   * Stores what the request leaves behind; writes nothing when that is what is stored.
   *
   * @returns the key for the answer: a new one, or the presented one.
   * @throws DirectPushError `ERR_STATE_CONFLICT` when another request was faster; nothing is stored then.
   */
  async commit(commit: CollectionCommit): Promise<string> {
    const key = commit.issue ? newSyncKey() : this.#record.baseKey;
    const stale = await this.#deleteStale();
    const record: CollectionRecord = {
      ...this.#record,
      settings: commit.settings,
      known: this.#known.size,
      applied: commit.applied.slice(-maxAppliedCommands),
      stale,
      ...(commit.issue
        ? { issued: [...this.#record.issued, issuedState(key, commit)].slice(-maxIssuedStates) }
        : { basePosition: commit.position }),
    };
    if (comparable(record) === this.#text) return key;
    const { user, id } = this.#context.device;
    const next = { ...record, revision: record.revision + 1 };
    if (await writeCollection(this.#context.state, user, id, this.#collectionId, next, this.#stored))
      return key;
    throw this.#overtaken();
  }

  /**
   * Asks whether the collection is stored as it was when it was opened. For what cannot be undone: a request that another process is faster with is found out by
   * {@link commit} alone, and too late for that.
   *
   * @throws DirectPushError `ERR_STATE_CONFLICT` when it is not, and what the store throws.
   */
  async assertNewest(): Promise<void> {
    const { user, id } = this.#context.device;
    const { storedVersion } = await readCollection(this.#context.state, user, id, this.#collectionId);
    if (storedVersion !== this.#stored) throw this.#overtaken();
  }

  #overtaken(): DirectPushError {
    const message = `collection ${this.#collectionId} was written by another request`;
    return new DirectPushError("ERR_STATE_CONFLICT", message);
  }

  async #deleteStale(): Promise<CollectionRecord["stale"]> {
    const [first, ...others] = this.#record.stale;
    if (first === undefined) return [];
    const owner = ownerOf(this.#context, this.#collectionId, first.generation);
    const left = await deleteKnownItems(owner, first.buckets, maxStaleDeletes);
    return left === 0 ? others : [{ ...first, buckets: left }, ...others];
  }
}

/**
 * Begins a request's work on a collection. Presenting the key of an answer confirms that answer; presenting the key before it again means
 * that the answer was lost ([MS-ASCMD] 3.1.5.9).
 *
 * @param early the record, where it was read already; it may be outdated.
 * @throws what the store throws, and DirectPushError `ERR_STATE_CONFLICT` when another process works on the collection.
 */
export async function openCollection(
  context: SyncContext,
  collectionId: string,
  presentedKey: string,
  early?: StoredCollection,
): Promise<OpenedCollection> {
  const { user, id } = context.device;
  const stored = early ?? (await readCollection(context.state, user, id, collectionId));
  const { record } = stored;
  if (record === undefined) return { kind: "unknown-key", itemClass: undefined };
  const confirmed = record.issued.find((state) => state.key === presentedKey);
  if (confirmed === undefined && record.baseKey !== presentedKey) {
    return { kind: "unknown-key", itemClass: classOfRecord(record) };
  }
  const known = new KnownItems(ownerOf(context, collectionId, record.generation), record.known);
  const folded = await withFoldedOverlay(record, known);
  const presented = {
    known,
    record: confirmed === undefined ? folded : withConfirmed(folded, confirmed),
    replay: confirmed === undefined && record.issued.length > 0,
  };
  const session = new CollectionSession(context, collectionId, { ...stored, record }, presented);
  return { kind: "opened", session };
}

/** The overlay belongs to a confirmed and stored state: folding it changes nothing for whoever reads the record that is stored. */
async function withFoldedOverlay(record: CollectionRecord, known: KnownItems): Promise<CollectionRecord> {
  if (record.overlay.size <= maxOverlayEntries) return record;
  await known.fold(record.overlay, record.revision);
  return { ...record, overlay: new Map() };
}

function withConfirmed(record: CollectionRecord, state: IssuedState): CollectionRecord {
  return {
    ...record,
    baseKey: state.key,
    basePosition: state.position,
    overlay: new Map([...record.overlay, ...state.delta]),
    issued: [],
    applied: [],
  };
}

function issuedState(key: string, commit: CollectionCommit): IssuedState {
  return { key, position: commit.position, delta: commit.delta };
}
