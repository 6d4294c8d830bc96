import { HIERARCHY } from "../push/mailbox-change-source.js";
import { latestGeneration, readHierarchy } from "../state/hierarchy-record.js";
import { inTurn } from "../sync-state/collection-turns.js";
import type { CommandContext } from "./command.js";
import { isSameTree, toldFolders } from "./folder-tree.js";

/**
 * Whether the folder tree is not the one that the device was told last. Compared with what the device has now: its own FolderCreate may have
 * advanced it since the request came that asks, or be about to.
 */
export async function isTreeOutdated(context: CommandContext): Promise<boolean> {
  const { device, state } = context;
  return inTurn(state, [device.user, device.id, HIERARCHY], () => isOutdated(context));
}

async function isOutdated({ device, mailbox, mailboxRef, state }: CommandContext): Promise<boolean> {
  const hierarchy = await readHierarchy(state, device.user, device.id);
  if (hierarchy === undefined) return true;
  const present = toldFolders(await mailbox.folders(mailboxRef), device.version);
  return !isSameTree(latestGeneration(hierarchy).folders, present);
}
