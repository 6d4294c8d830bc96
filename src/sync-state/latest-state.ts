import type { ItemClass } from "../mailbox/folder.js";
import { type CollectionPosition, readCollection } from "../state/collection-record.js";
import { KnownItems } from "../state/known-items.js";
import { KnownView } from "./known-view.js";
import { classOfRecord, ownerOf } from "./stored-collection.js";
import type { SyncContext } from "./sync-context.js";

/** The state that the device was given last, and what it has then; for questions that present no key. */
export async function latestState(
  context: SyncContext,
  collectionId: string,
): Promise<
  | {
      readonly itemClass: ItemClass;
      readonly position: CollectionPosition;
      readonly known: KnownView;
    }
  | undefined
> {
  const { record } = await readCollection(
    context.state,
    context.device.user,
    context.device.id,
    collectionId,
  );
  const itemClass = record === undefined ? undefined : classOfRecord(record);
  if (record === undefined || itemClass === undefined) return undefined;
  const known = new KnownItems(ownerOf(context, collectionId, record.generation), record.known);
  const latest = record.issued.at(-1);
  const layers = latest === undefined ? [record.overlay] : [record.overlay, latest.delta];
  return {
    itemClass,
    position: latest?.position ?? record.basePosition,
    known: new KnownView(known, layers),
  };
}
