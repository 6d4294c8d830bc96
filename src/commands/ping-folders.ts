import type { HoldFolder } from "../push/hold.js";
import type { DeviceRecord, PingCacheFolder } from "../state/device-record.js";
import type { HierarchyGeneration } from "../state/hierarchy-record.js";
import { pingState } from "../sync-state/pending.js";
import type { CommandContext } from "./command.js";
import { watchedFolder } from "./watched-folder.js";

/** Times that a device is told of a folder whose state is lost, should it not sync it: an answer may be lost as well. */
const maxLossesTold = 3;

/** What is kept of the device about its Pings. */
type Pinged = Pick<DeviceRecord, "ping" | "wasForgotten">;

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
  record: Pinged,
  context: CommandContext,
): Promise<SortedFolders> {
  const known = new Set(tree.folders.map(({ id }) => id));
  const present = folders.filter(({ id }) => known.has(id));
  const states = await Promise.all(
    present.map(async ({ id }) => ({ id, state: await pingState(context, id) })),
  );
  const watched: HoldFolder[] = [];
  const lost: string[] = [];
  for (const { id, state } of states) {
    if (state.kind === "synced") watched.push(watchedFolder(id, state));
    else if (isLossToTell(id, record)) lost.push(id);
  }
  return { watched, lost };
}

/** The folders as they are remembered once the device was answered. */
export function rememberedFolders(
  folders: readonly PingCacheFolder[],
  { watched, lost }: SortedFolders,
  record: Pinged,
): PingCacheFolder[] {
  return folders.map(({ id, class: sentClass }) => {
    if (watched.some(({ folder }) => folder === id)) return { id, class: sentClass, synced: true };
    const { synced, lossesTold = 0 } = lastPinged(id, record);
    const times = lossesTold + (lost.includes(id) ? 1 : 0);
    return { id, class: sentClass, synced, ...(times > 0 && { lossesTold: times }) };
  });
}

function isLossToTell(id: string, record: Pinged): boolean {
  const { synced, lossesTold = 0 } = lastPinged(id, record);
  return synced && lossesTold < maxLossesTold;
}

/** How it stood with a folder when the device pinged last, or may have stood before what was known of the device was lost. */
function lastPinged(
  id: string,
  { ping, wasForgotten }: Pinged,
): Omit<Required<PingCacheFolder>, "id" | "class"> {
  const last = ping?.folders.find((folder) => folder.id === id);
  return { synced: last?.synced ?? wasForgotten === true, lossesTold: last?.lossesTold ?? 0 };
}
