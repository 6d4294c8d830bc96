import { applyChange, leavesParts, parseEmailFlags } from "../../application-data/index.js";
import type { ItemUpdate, ItemVersion } from "../../mailbox/mailbox.js";
import type { KnownItem } from "../../state/known-items.js";
import { differingFlags, isOnDevice, withOwnFlags } from "../../sync-state/known-version.js";
import { child, Email2, type WbxmlElement } from "../../wbxml/index.js";
import { statusOfRefusal } from "./apply-add.js";
import { changeOccurrence } from "./apply-occurrence.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { rejected, replaceItem } from "./replace-item.js";
import type { ClientCommand } from "./request.js";
import { SyncStatus } from "./status.js";

type FlagsUpdate = Extract<ItemUpdate, { kind: "email-flags" }>;

/** Works a device's Change into an item ([MS-ASCMD] 2.2.3.24). */
export async function applyItemChange(
  command: Extract<ClientCommand, { kind: "change" }>,
  work: CollectionWork,
): Promise<CommandResult> {
  const { serverId, applicationData, instanceId } = command;
  if (serverId === "") return { status: SyncStatus.ObjectNotFound };
  if (applicationData === undefined) return rejected(SyncStatus.InvalidItem);
  // Drafts are not sent from here: nothing may look as if it was (email2:Send, [MS-ASEMAIL] 2.2.2.69).
  if (child(command.element, Email2.Send) !== undefined) return rejected(SyncStatus.InvalidItem);
  if (instanceId !== undefined) return changeOccurrence(serverId, instanceId, applicationData, work);
  if (work.session.itemClass === "Email") return changeFlags(serverId, applicationData, work);
  return changeWhole(serverId, applicationData, work);
}

async function changeFlags(
  serverId: string,
  applicationData: WbxmlElement,
  work: CollectionWork,
): Promise<CommandResult> {
  const { context, collection, settings } = work;
  const known = await work.known.get(serverId);
  const { mailbox, mailboxRef, device } = context;
  const before = await mailbox.itemVersion(mailboxRef, collection.collectionId, serverId);
  if (before === undefined) return rejected(SyncStatus.ObjectNotFound);
  const parsed = parseEmailFlags(applicationData, device.version);
  if (parsed.kind === "invalid") return rejected(SyncStatus.InvalidItem);
  if (settings.conflict === "server-wins" && isFlagConflict(parsed.update, known, before)) {
    return rejected(SyncStatus.Conflict);
  }
  const { collectionId } = collection;
  const after = await mailbox.update(mailboxRef, collectionId, serverId, parsed.update, undefined);
  if (after.kind !== "updated") return rejected(statusOfRefusal(after));
  const { read, flag, categories } = parsed.update;
  const own = {
    read: read !== undefined,
    followUp: flag !== undefined,
    categories: categories !== undefined,
  };
  return { status: SyncStatus.Success, item: withOwnFlags(known, before, after, own) };
}

/** Whether someone else changed a flag that the device changes as well, and to something else. */
function isFlagConflict(update: FlagsUpdate, known: KnownItem | undefined, before: ItemVersion): boolean {
  if (!isOnDevice(known) || known[1] === undefined || before.flags === undefined) return false;
  const changed = differingFlags(known, before.flags);
  if (changed.read && update.read !== undefined && update.read !== before.flags.read) return true;
  return (
    (changed.followUp && update.flag !== undefined) || (changed.categories && update.categories !== undefined)
  );
}

async function changeWhole(
  serverId: string,
  applicationData: WbxmlElement,
  work: CollectionWork,
): Promise<CommandResult> {
  const { device, clock } = work.context;
  const { supported } = work.settings;
  const changeContext = { version: device.version, nowMs: clock.now(), supported };
  return replaceItem(
    serverId,
    {
      apply: (stored) => applyChange(stored, applicationData, changeContext),
      leavesParts: (stored) => leavesParts(stored, applicationData, changeContext),
      winsConflicts: false,
    },
    work,
  );
}
