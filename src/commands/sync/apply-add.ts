import { changesAttachments, parseItem } from "../../application-data/index.js";
import { knownItem, outdatedItem } from "../../sync-state/known-version.js";
import { addDraft, isSent } from "./apply-draft.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { draftDesk } from "./compose-draft.js";
import type { ClientCommand } from "./request.js";
import { SyncStatus } from "./status.js";
import { statusOfRefusal } from "./status-of-refusal.js";

/**
 * Stores an item that the device added. A repeat of the request creates nothing twice: the mailbox is given the same token again, even when
 * the process ended before the first creation was noted.
 */
export async function applyAdd(
  command: Extract<ClientCommand, { kind: "add" }>,
  work: CollectionWork,
): Promise<CommandResult> {
  const { context, collection, session } = work;
  const { device, mailbox, mailboxRef } = context;
  if (command.isSms || command.applicationData === undefined) return { status: SyncStatus.InvalidItem };
  if (session.itemClass === "Email") {
    const desk = await draftDesk(work);
    return desk === undefined ? { status: SyncStatus.InvalidItem } : addDraft(command, desk, work);
  }
  // Nothing but a draft can be sent, and nothing may look as if it was.
  if (isSent(command)) return { status: SyncStatus.InvalidItem };
  const parsed = parseItem(session.itemClass, command.applicationData, {
    version: device.version,
    nowMs: context.clock.now(),
  });
  if (parsed.kind === "invalid") return { status: SyncStatus.InvalidItem };
  const { collectionId, syncKey } = collection;
  // A ClientId is unique in its request alone, a key in the whole history of the collection.
  const token = JSON.stringify([device.user, device.id, collectionId, syncKey, command.clientId]);
  const created = await mailbox.create(mailboxRef, collectionId, parsed.item, token);
  if (created.kind !== "created") return { status: statusOfRefusal(created) };
  // What is not stored must not look as if it was: the device is given the item as it is.
  if (changesAttachments(command.applicationData)) {
    return { status: SyncStatus.Success, serverId: created.id, item: outdatedItem, recheck: true };
  }
  // The mailbox may answer with an item of an earlier run, gone since: a listing that is yet to begin would not tell.
  const recheck = session.position.cursor === undefined;
  return { status: SyncStatus.Success, serverId: created.id, item: knownItem(created), recheck };
}
