import { changesAttachments, parseItem } from "../../application-data/index.js";
import type { Mailbox } from "../../mailbox/mailbox.js";
import { isAtLeast } from "../../protocol/version.js";
import { knownItem, outdatedItem } from "../../sync-state/known-version.js";
import { type AddedAppointment, addAppointment } from "./add-appointment.js";
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
  const isOfServer = parsed.item.class === "Calendar" && isAtLeast(device.version, "16.0");
  const added = isOfServer
    ? await addAppointment(parsed.item, token, command, work)
    : await withNothing(mailbox.create(mailboxRef, collectionId, parsed.item, token));
  if (added.kind === "not-sendable") return { status: added.status };
  if (added.kind !== "created") return { status: statusOfRefusal(added) };
  // The mailbox may answer with an item of an earlier run, gone since: a listing that is yet to begin would not tell.
  const stored = { item: knownItem(added), recheck: session.position.cursor === undefined };
  // What is not stored must not look as if it was: the device is given the item as it is.
  const given = { item: outdatedItem, recheck: true };
  const { result } = added;
  const isOther = changesAttachments(command.applicationData) || result.announcement !== undefined;
  return { status: SyncStatus.Success, serverId: added.id, ...(isOther ? given : stored), ...result };
}

/** An item that was stored of which the device is told nothing beside. */
async function withNothing(creating: ReturnType<Mailbox["create"]>): Promise<AddedAppointment> {
  const created = await creating;
  return created.kind === "created" ? { ...created, result: {} } : created;
}
