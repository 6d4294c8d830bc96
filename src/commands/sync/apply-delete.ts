import type { CalendarItem } from "../../mailbox/items/calendar.js";
import { knownItem } from "../../sync-state/known-version.js";
import { statusOfRefusal } from "./apply-add.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { readItem } from "./read-item.js";
import type { ClientCommand } from "./request.js";
import { SyncStatus } from "./status.js";

/**
 * Removes an item, or moves a mail to Deleted Items if the device wants that and it is not there already ([MS-ASCMD] 2.2.3.43). That someone
 * else changed it does not matter: a deletion wins ([MS-ASCMD] 2.2.3.34).
 */
export async function applyDelete(
  command: Extract<ClientCommand, { kind: "delete" }>,
  work: CollectionWork,
): Promise<CommandResult> {
  const { serverId, instanceId } = command;
  if (serverId === "") return { status: SyncStatus.ObjectNotFound };
  if (instanceId !== undefined) return deleteOccurrence(serverId, instanceId, work);
  const { context, collection } = work;
  const { mailbox, mailboxRef } = context;
  const { collectionId } = collection;
  const deletedItems = await deletedItemsFolder(work);
  if (deletedItems !== undefined) {
    const moved = await mailbox.move(mailboxRef, collectionId, serverId, deletedItems);
    if (moved.kind === "moved" || moved.kind === "not-found") return gone;
  }
  const deleted = await mailbox.delete(mailboxRef, collectionId, serverId);
  if (deleted.kind === "deleted" || deleted.kind === "not-found") return gone;
  // The device has removed it already: it gets it back.
  return { status: statusOfRefusal(deleted), item: null, recheck: true };
}

const gone: CommandResult = { status: SyncStatus.Success, item: null };

async function deletedItemsFolder(work: CollectionWork): Promise<string | undefined> {
  if (!work.collection.deletesAsMoves || work.session.itemClass !== "Email") return undefined;
  const folders = await work.folders();
  const deletedItems = folders.find(({ kind }) => kind === "deleted")?.id;
  return deletedItems === work.collection.collectionId ? undefined : deletedItems;
}

/** From 16.0 on a device removes one occurrence of a series by the series' id and the occurrence's original start. */
async function deleteOccurrence(
  serverId: string,
  instanceId: string,
  work: CollectionWork,
): Promise<CommandResult> {
  const { context, collection, session } = work;
  const { mailbox, mailboxRef } = context;
  const { collectionId } = collection;
  const originalStartMs = instantOf(instanceId);
  if (session.itemClass !== "Calendar" || originalStartMs === undefined) {
    return { status: SyncStatus.InvalidItem };
  }
  const before = await mailbox.itemVersion(mailboxRef, collectionId, serverId);
  if (before === undefined) return { status: SyncStatus.ObjectNotFound };
  const item = await readItem(serverId, { bodies: [], withBody: true }, work);
  if (item === "not-found") return { status: SyncStatus.ObjectNotFound };
  if (item === "unreadable" || item.class !== "Calendar") return { status: SyncStatus.InvalidItem };
  const update = { kind: "replace", item: withoutOccurrence(item, originalStartMs) } as const;
  const after = await mailbox.update(mailboxRef, collectionId, serverId, update, before.version);
  if (after.kind !== "updated") return { status: statusOfRefusal(after) };
  return { status: SyncStatus.Success, item: knownItem(after) };
}

function withoutOccurrence(item: CalendarItem, originalStartMs: number): CalendarItem {
  const others = (item.exceptions ?? []).filter((exception) => exception.originalStartMs !== originalStartMs);
  return { ...item, exceptions: [...others, { deleted: true, originalStartMs }] };
}

/** A compact date and time, `20100408T181600Z` ([MS-ASDTYPE] 2.7.2). */
function instantOf(text: string): number | undefined {
  const parts = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(?:\.\d+)?Z$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}
