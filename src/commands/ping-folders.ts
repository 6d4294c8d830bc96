import type { HoldFolder } from "../push/hold.js";
import type { PingCache, PingCacheFolder } from "../state/device-record.js";
import type { HierarchyGeneration } from "../state/hierarchy-record.js";
import { pingState } from "../sync-state/pending.js";
import type { CommandContext } from "./command.js";
import { watchedFolder } from "./watched-folder.js";

/** The folders of a Ping by what can be watched. */
export interface SortedFolders {
  /** Folders that the device has synced, with the marker behind its last Sync. */
  readonly watched: readonly HoldFolder[];
  /** Folders that it had synced and whose state is gone: a Sync finds out and starts over. */
  readonly lost: readonly string[];
}

/**
 * Sorts the folders of a Ping. Folders that are gone are left out, and so are those that the device never synced: devices list them before
 * their first Sync, and reporting them would go round in circles.
 */
export async function sortFolders(
  folders: readonly PingCacheFolder[],
  tree: HierarchyGeneration,
  cache: PingCache | undefined,
  context: CommandContext,
): Promise<SortedFolders> {
  const known = new Set(tree.folders.map(({ id }) => id));
  const wasSynced = new Set(cache?.folders.filter(({ synced }) => synced).map(({ id }) => id));
  const present = folders.filter(({ id }) => known.has(id));
  const states = await Promise.all(
    present.map(async ({ id }) => ({ id, state: await pingState(context, id) })),
  );
  const watched: HoldFolder[] = [];
  const lost: string[] = [];
  for (const { id, state } of states) {
    if (state.kind === "synced") watched.push(watchedFolder(id, state));
    else if (wasSynced.has(id)) lost.push(id);
  }
  return { watched, lost };
}
