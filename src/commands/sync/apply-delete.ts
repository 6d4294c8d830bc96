import { callOff } from "./announce-item.js";
import { deleteOccurrence } from "./apply-occurrence.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { commandToken } from "./command-hash.js";
import type { ClientCommand } from "./request.js";
import { SyncStatus } from "./status.js";
import { statusOfRefusal } from "./status-of-refusal.js";

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
  const token = commandToken(command.element, work);
  if (instanceId !== undefined) return deleteOccurrence(serverId, instanceId, token, work);
  const { context, collection } = work;
  const { mailbox, mailboxRef } = context;
  const { collectionId } = collection;
  const deletedItems = await deletedItemsFolder(work);
  if (deletedItems !== undefined) {
    const moved = await mailbox.move(mailboxRef, collectionId, serverId, deletedItems);
    if (moved.kind === "moved" || moved.kind === "not-found") return gone;
  }
  const refusal = await callOff(serverId, token, work);
  // The device has removed it already: it gets it back.
  if (refusal !== undefined) return { status: refusal, item: null, recheck: true };
  const deleted = await mailbox.delete(mailboxRef, collectionId, serverId);
  if (deleted.kind === "deleted" || deleted.kind === "not-found") return gone;
  return { status: statusOfRefusal(deleted), item: null, recheck: true };
}

const gone: CommandResult = { status: SyncStatus.Success, item: null };

async function deletedItemsFolder(work: CollectionWork): Promise<string | undefined> {
  if (!work.collection.deletesAsMoves || work.session.itemClass !== "Email") return undefined;
  const folders = await work.folders();
  const deletedItems = folders.find(({ kind }) => kind === "deleted")?.id;
  return deletedItems === work.collection.collectionId ? undefined : deletedItems;
}
