import { applyChange, parseEmailFlags } from "../../application-data/index.js";
import type { ItemUpdate, ItemVersion } from "../../mailbox/mailbox.js";
import type { KnownItem } from "../../state/known-items.js";
import {
  differingFlags,
  isOnDevice,
  knownItem,
  outdatedItem,
  withOwnFlags,
} from "../../sync-state/known-version.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import { statusOfRefusal } from "./apply-add.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { readItem } from "./read-item.js";
import type { ClientCommand } from "./request.js";
import { isSameItem } from "./same-item.js";
import { SyncStatus } from "./status.js";

type FlagsUpdate = Extract<ItemUpdate, { kind: "email-flags" }>;

/** Times that an item is read again because it changed while the device's change was worked in. */
const maxAttempts = 4;

/** Works a device's Change into an item ([MS-ASCMD] 2.2.3.24). */
export async function applyItemChange(
  command: Extract<ClientCommand, { kind: "change" }>,
  work: CollectionWork,
): Promise<CommandResult> {
  const { serverId, applicationData } = command;
  if (serverId === "") return { status: SyncStatus.ObjectNotFound };
  const known = await work.known.get(serverId);
  if (applicationData === undefined || command.instanceId !== undefined) {
    return rejected(SyncStatus.InvalidItem);
  }
  if (work.session.itemClass === "Email") return changeFlags(serverId, applicationData, known, work);
  return replaceItem(serverId, applicationData, known, work);
}

async function changeFlags(
  serverId: string,
  applicationData: WbxmlElement,
  known: KnownItem | undefined,
  { context, collection, settings }: CollectionWork,
): Promise<CommandResult> {
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

async function replaceItem(
  serverId: string,
  applicationData: WbxmlElement,
  known: KnownItem | undefined,
  work: CollectionWork,
): Promise<CommandResult> {
  const { context, collection, settings } = work;
  const { mailbox, mailboxRef, device, clock } = context;
  const { collectionId } = collection;
  const changeContext = { version: device.version, nowMs: clock.now(), supported: settings.supported };
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const before = await mailbox.itemVersion(mailboxRef, collectionId, serverId);
    const view = { bodies: settings.bodies, withBody: true };
    const stored = before === undefined ? "not-found" : await readItem(serverId, view, work);
    if (before === undefined || stored === "not-found") return rejected(SyncStatus.ObjectNotFound);
    if (stored === "unreadable") return rejected(SyncStatus.InvalidItem);
    const parsed = applyChange(stored, applicationData, changeContext);
    if (parsed.kind === "invalid") return rejected(SyncStatus.InvalidItem);
    // Also what a repeat finds whose first run ended before it was noted.
    if (isSameItem(parsed.item, stored)) return { status: SyncStatus.Success, item: knownItem(before) };
    const isConflict = isOnDevice(known) && known[0] !== before.version;
    if (isConflict && settings.conflict === "server-wins") return rejected(SyncStatus.Conflict);
    const update = { kind: "replace", item: parsed.item } as const;
    const after = await mailbox.update(mailboxRef, collectionId, serverId, update, before.version);
    if (after.kind === "updated") return { status: SyncStatus.Success, item: knownItem(after) };
    if (after.kind !== "version-mismatch") return rejected(statusOfRefusal(after));
  }
  return rejected(SyncStatus.Conflict);
}

/** The device has changed its own copy all the same: it is given the server's, or told that there is none. */
function rejected(status: SyncStatus): CommandResult {
  return status === SyncStatus.OutOfQuota ? { status } : { status, recheck: true, item: outdatedItem };
}
