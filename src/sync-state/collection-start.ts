import { DirectPushError } from "../errors.js";
import type { ItemClass } from "../mailbox/folder.js";
import { newSyncKey } from "../protocol/sync-key.js";
import {
  type CollectionRecord,
  readCollection,
  type StoredCollection,
  writeCollection,
} from "../state/collection-record.js";
import type { CollectionSettings } from "./collection-settings.js";
import { comparable } from "./stored-collection.js";
import type { SyncContext } from "./sync-context.js";

/**
 * Answers SyncKey 0: forgets what the device had. Asked again before the new key was used, it answers the same key, so that two starts
 * at once both end well.
 *
 * @returns the new key.
 * @throws DirectPushError `ERR_STATE_CONFLICT` when another request was faster; nothing is stored then.
 */
export async function startCollection(
  context: SyncContext,
  collectionId: string,
  itemClass: ItemClass,
  settings: CollectionSettings,
): Promise<string> {
  const { user, id } = context.device;
  const stored = await readCollection(context.state, user, id, collectionId);
  const record = startedRecord(stored, itemClass, settings);
  if (stored.record !== undefined && comparable(record) === comparable(stored.record)) return record.baseKey;
  if (await writeCollection(context.state, user, id, collectionId, record, stored.storedVersion))
    return record.baseKey;
  throw new DirectPushError(
    "ERR_STATE_CONFLICT",
    `collection ${collectionId} was written by another request`,
  );
}

function startedRecord(
  stored: StoredCollection,
  itemClass: ItemClass,
  settings: CollectionSettings,
): CollectionRecord {
  const old = stored.record;
  const revision = (old?.revision ?? 0) + 1;
  if (old !== undefined && isUnused(old)) return { ...old, revision, itemClass, settings };
  return {
    generation: newSyncKey(),
    revision,
    itemClass,
    settings,
    known: { buckets: 1, items: 0 },
    baseKey: newSyncKey(),
    basePosition: {},
    overlay: new Map(),
    issued: [],
    applied: [],
    stale:
      old === undefined ? [] : [...old.stale, { generation: old.generation, buckets: old.known.buckets }],
  };
}

function isUnused(record: CollectionRecord): boolean {
  const { basePosition, overlay, issued, applied, known } = record;
  return (
    basePosition.cursor === undefined && overlay.size + issued.length + applied.length + known.items === 0
  );
}
