import type { ParsedItem } from "../../application-data/index.js";
import type { MailboxItem } from "../../mailbox/items/item.js";
import type { KnownItem } from "../../state/known-items.js";
import { isOnDevice, knownItem, outdatedItem } from "../../sync-state/known-version.js";
import { forgetUnsent, noteUnsent } from "../organizing/organized-change.js";
import { leftToTell, organizedItem } from "./announce-item.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { readItem } from "./read-item.js";
import { isSameItem } from "./same-item.js";
import { SyncStatus } from "./status.js";
import { statusOfRefusal } from "./status-of-refusal.js";

/** Times that an item is read again because it changed while the device's change was worked in. */
const maxAttempts = 4;

/** What a client command makes of an item. */
export interface ItemEdit {
  /** The item as it is to be, or why it cannot be so. */
  apply(stored: MailboxItem): ParsedItem;
  /** Whether the command says nothing about some of what is stored: after a conflict the device does not have the whole of it. */
  leavesParts(stored: MailboxItem): boolean;
  /** Whether the command asks for something that is not stored: the device is given the item as it is. */
  readonly asksForMore: boolean;
  /** Whether it takes place whatever others made of the item. */
  readonly winsConflicts: boolean;
  /** Of the command; the same for a repeat. */
  readonly token: string;
}

/** Stores an item anew with a device's edit worked in, unless someone else changed it and the server's side wins. */
export async function replaceItem(
  serverId: string,
  edit: ItemEdit,
  work: CollectionWork,
): Promise<CommandResult> {
  const { context, collection, session, settings } = work;
  const { mailbox, mailboxRef } = context;
  const { collectionId } = collection;
  const known = await work.known.get(serverId);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const before = await mailbox.itemVersion(mailboxRef, collectionId, serverId);
    const view = { bodies: settings.bodies, withBody: true };
    const stored = before === undefined ? "not-found" : await readItem(serverId, view, work);
    if (before === undefined || stored === "not-found") return rejected(SyncStatus.ObjectNotFound);
    if (stored === "unreadable") return rejected(SyncStatus.InvalidItem);
    const parsed = edit.apply(stored);
    if (parsed.kind === "invalid") return rejected(SyncStatus.InvalidItem);
    const organized = await organizedItem(stored, parsed.item, edit.token, context);
    if (organized.kind === "refused") return rejected(organized.status);
    const { item, announcement } = organized;
    const isConflict = isOnDevice(known) && known[0] !== before.version;
    const isMerged = isConflict && edit.leavesParts(stored);
    const isLess = edit.asksForMore || isMerged || !isSameItem(item, parsed.item);
    const done = (now: KnownItem): CommandResult => ({
      ...succeeded(now, isLess),
      ...(announcement && { announcement }),
    });
    // Also what a repeat finds whose first run ended before it was noted.
    if (isSameItem(item, stored)) return done(knownItem(before));
    const serverWins = settings.conflict === "server-wins" && !edit.winsConflicts;
    if (isConflict && serverWins)
      return { ...rejected(SyncStatus.Conflict), ...(await leftToTell(stored, edit.token, context)) };
    // What others made of the item may be later than what another process made of this very request.
    if (isConflict) await session.assertNewest();
    await noteUnsent(organized, context);
    const update = { kind: "replace", item } as const;
    const after = await mailbox.update(mailboxRef, collectionId, serverId, update, before.version);
    if (after.kind === "updated") return done(knownItem(after));
    await forgetUnsent(organized, context);
    if (after.kind !== "version-mismatch") return rejected(statusOfRefusal(after));
  }
  return rejected(SyncStatus.Conflict);
}

/** The device has changed its own copy all the same: it is given the server's, or told that there is none. */
export function rejected(status: number): CommandResult {
  return status === SyncStatus.OutOfQuota ? { status } : { status, recheck: true, item: outdatedItem };
}

/** `isLess`: the device's copy is not what is stored, which was merged with the changes of others or lacks something; it is given the whole. */
function succeeded(item: KnownItem, isLess: boolean): CommandResult {
  const status = SyncStatus.Success;
  return isLess ? { status, recheck: true, item: outdatedItem } : { status, item };
}
