import { newSyncKey } from "../protocol/sync-key.js";
import { HIERARCHY } from "../push/mailbox-change-source.js";
import type { HierarchyGeneration } from "../state/hierarchy-record.js";
import type { CommandContext } from "./command.js";
import { toldFolders } from "./folder-tree.js";

/** The folder tree as it is now and as the device is told of it, under a new key. Throws what the mailbox throws. */
export async function currentGeneration(context: CommandContext): Promise<HierarchyGeneration> {
  // The marker first: a change in between then shows as a difference, and costs one comparison instead of being missed.
  const marker = await hierarchyMarker(context);
  const folders = toldFolders(await context.mailbox.folders(context.mailboxRef), context.device.version);
  return {
    key: newSyncKey(),
    folders,
    version: context.device.version,
    ...(marker !== undefined && { marker }),
  };
}

async function hierarchyMarker(context: CommandContext): Promise<string | undefined> {
  try {
    return await context.source.marker(context.mailboxRef, HIERARCHY);
  } catch {
    // Without it the next Ping compares the trees themselves.
    return undefined;
  }
}
