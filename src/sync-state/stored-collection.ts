import type { ItemClass } from "../mailbox/folder.js";
import type { CollectionRecord } from "../state/collection-record.js";
import type { KnownItemsOwner } from "../state/known-items.js";
import { isItemClass } from "./folder-class.js";
import type { SyncContext } from "./sync-context.js";

/** Whose known items those of a start are. */
export function ownerOf(context: SyncContext, collectionId: string, generation: string): KnownItemsOwner {
  const { user, id: deviceId } = context.device;
  return { store: context.state, user, deviceId, collectionId, generation };
}

/** The class of the folder; undefined when the record holds none that is known. */
export function classOfRecord(record: CollectionRecord): ItemClass | undefined {
  return isItemClass(record.itemClass) ? record.itemClass : undefined;
}

/** Everything of a record but its revision, as text: equal for records that need not be written again. */
export function comparable(record: CollectionRecord): string {
  const { revision, overlay, issued, ...rest } = record;
  const states = issued.map((state) => ({ ...state, delta: [...state.delta] }));
  return JSON.stringify([Object.entries(rest).sort(), [...overlay], states]);
}
