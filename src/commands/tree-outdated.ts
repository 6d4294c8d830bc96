import { latestGeneration, readHierarchy } from "../state/hierarchy-record.js";
import type { CommandContext } from "./command.js";
import { isSameTree, toldFolders } from "./folder-tree.js";

/**
 * Whether the folder tree is not the one that the device was told last. Compared with what the device has now: its own FolderCreate may have
 * advanced it since the request came that asks.
 */
export async function isTreeOutdated(context: CommandContext): Promise<boolean> {
  const { device, mailbox, mailboxRef, state } = context;
  const hierarchy = await readHierarchy(state, device.user, device.id);
  if (hierarchy === undefined) return true;
  const present = toldFolders(await mailbox.folders(mailboxRef), device.version);
  return !isSameTree(latestGeneration(hierarchy).folders, present);
}
