import type { ItemUpdate, ItemVersion } from "../../mailbox/mailbox.js";
import type { KnownItem } from "../../state/known-items.js";
import { differingFlags, isOnDevice, withOwnFlags } from "../../sync-state/known-version.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { rejected } from "./replace-item.js";
import { SyncStatus } from "./status.js";
import { statusOfRefusal } from "./status-of-refusal.js";

/** Flags of a mail that a device changes. */
export type FlagsUpdate = Extract<ItemUpdate, { kind: "email-flags" }>;

/** Changes flags of a mail, unless someone else changed them and the server's side wins. */
export async function applyFlags(
  serverId: string,
  update: FlagsUpdate,
  work: CollectionWork,
): Promise<CommandResult> {
  const { context, collection, session, settings } = work;
  const known = await work.known.get(serverId);
  const { mailbox, mailboxRef } = context;
  const { collectionId } = collection;
  const before = await mailbox.itemVersion(mailboxRef, collectionId, serverId);
  if (before === undefined) return rejected(SyncStatus.ObjectNotFound);
  if (isFlagConflict(update, known, before)) {
    if (settings.conflict === "server-wins") return rejected(SyncStatus.Conflict);
    // What others made of the mail may be later than what another process made of this very request.
    await session.assertNewest();
  }
  const after = await mailbox.update(mailboxRef, collectionId, serverId, update, undefined);
  if (after.kind !== "updated") return rejected(statusOfRefusal(after));
  const { read, flag, categories } = update;
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
