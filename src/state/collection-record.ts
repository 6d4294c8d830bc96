import { collectionRecordText, parseCollectionRecord } from "./collection-record-text.js";
import type { KnownItem, KnownItemsSize } from "./known-items.js";
import { stateKey } from "./state-key.js";
import type { StateStore } from "./state-store.js";

/** A range of item dates that has to be compared with what the device has, because the filter window moved over it. */
export interface DatedRange {
  /** Inclusive, in milliseconds since the epoch; absent for no lower bound. */
  readonly fromMs?: number;
  /** Exclusive. */
  readonly beforeMs: number;
  /** Where the last page ended. */
  readonly cursor?: string;
}

/** How far a device has come in a folder. */
export interface CollectionPosition {
  /** Of the mailbox; absent before the first page. */
  readonly cursor?: string;
  /** The folder is being listed as a whole and the end was not reached yet. */
  readonly listing?: true;
  /** The filter window that the device's items were chosen by, in milliseconds since the epoch; absent for no lower bound. */
  readonly cutoffMs?: number;
  /** The device wants no completed tasks. */
  readonly incompleteOnly?: true;
  /** Still to be compared. */
  readonly ranges?: readonly DatedRange[];
  /** Items to be compared although no change names them: the device was refused a change of theirs. */
  readonly recheck?: readonly string[];
  /** After the mailbox forgot the cursor: the next bucket of known items to be checked for items that are gone. */
  readonly sweepBucket?: number;
  /** Marker of the change source from before the last look, if nothing was left to be sent then. */
  readonly marker?: string;
}

/** A state that a device was given with a key, as the difference from the state that it had presented. */
export interface IssuedState {
  readonly key: string;
  readonly position: CollectionPosition;
  /** What the answer made the device have; null: no longer has. */
  readonly delta: ReadonlyMap<string, KnownItem | null>;
}

/** A client command that took effect since the presented state: a repeat of it is answered and not applied again. */
export interface AppliedCommand {
  /** `+` and the ClientId of an Add; `=` (change) or `-` (delete) and the ServerId, with a line break and the InstanceId of an occurrence. */
  readonly command: string;
  /** Of the whole command. */
  readonly hash: string;
  /** Of the item that an Add made. */
  readonly serverId?: string;
  /** What the device then has; null: nothing; absent: the command changed nothing. */
  readonly item?: KnownItem | null;
}

/** Buckets of an earlier start that are still to be removed. */
export interface StaleKnownItems {
  readonly generation: string;
  readonly buckets: number;
}

/** Everything that is kept of one device's synchronisation of one folder, but for the known items in their buckets. */
export interface CollectionRecord {
  readonly generation: string;
  /** Grows with each write. */
  readonly revision: number;
  readonly itemClass: string;
  /** The last Options and Supported of the device, as the command wrote them. */
  readonly settings: unknown;
  readonly known: KnownItemsSize;
  /** The key that the device presented last: a state that it certainly has. */
  readonly baseKey: string;
  readonly basePosition: CollectionPosition;
  /** Known items of the base state that are not folded into the buckets yet; null: not there. */
  readonly overlay: ReadonlyMap<string, KnownItem | null>;
  /** Answers to the base state, oldest first; the device has one of them or, if they were lost, none. */
  readonly issued: readonly IssuedState[];
  readonly applied: readonly AppliedCommand[];
  readonly stale: readonly StaleKnownItems[];
}

/** A record with what a later write must name. */
export interface StoredCollection {
  /** Undefined: there is none, or it is not readable. */
  readonly record: CollectionRecord | undefined;
  readonly storedVersion: string | undefined;
}

/** The record of a device's collection. */
export async function readCollection(
  store: StateStore,
  user: string,
  deviceId: string,
  collectionId: string,
): Promise<StoredCollection> {
  const stored = await store.read(stateKey("collection", user, deviceId, collectionId));
  if (stored === undefined) return { record: undefined, storedVersion: undefined };
  return { record: parseCollectionRecord(stored.value), storedVersion: stored.version };
}

/** Writes the record, compare-and-set. False when another writer was faster. */
export async function writeCollection(
  store: StateStore,
  user: string,
  deviceId: string,
  collectionId: string,
  record: CollectionRecord,
  storedVersion: string | undefined,
): Promise<boolean> {
  const key = stateKey("collection", user, deviceId, collectionId);
  return (await store.write(key, collectionRecordText(record), storedVersion)) !== undefined;
}
