/** Requests in the shape of one device or another, and what is to be read off their answers. */
import type { Heard, ShapedDevice } from "./line.js";
import { all, type Tree, textOf, textsOf } from "./tree.js";

/** A FolderSync. */
export function folderSync(key = "0"): Tree {
  return ["FolderHierarchy:FolderSync", ["SyncKey", key]];
}

/** A Sync of one collection with whatever follows the key and the id. */
export function syncOf(id: string, key: string, ...rest: readonly Tree[]): Tree {
  return ["AirSync:Sync", ["Collections", ["Collection", ["SyncKey", key], ["CollectionId", id], ...rest]]];
}

/** A Ping that lists everything, as Android sends it. */
export function pingOf(
  seconds: number,
  ...folders: readonly (readonly [id: string, itemClass: string])[]
): Tree {
  return [
    "Ping:Ping",
    ["HeartbeatInterval", String(seconds)],
    ["Folders", ...folders.map(([id, itemClass]): Tree => ["Folder", ["Id", id], ["Class", itemClass]])],
  ];
}

/** The key of the only collection of a Sync answer. */
export function keyOf({ tree }: Heard): string {
  return textOf(all(tree, "Collection")[0], "SyncKey") ?? "";
}

/** The Status of the only collection, or of the answer. */
export function statusOf({ tree }: Heard): string | undefined {
  return textOf(all(tree, "Collection")[0], "Status") ?? textOf(tree, "Status");
}

/** The ids of what a Sync added. */
export function addedTo({ tree }: Heard): readonly string[] {
  return all(all(tree, "Commands")[0], "Add").flatMap((add) => textsOf(add, "ServerId"));
}

/** FolderSync, then Syncs of a folder until it is quiet; returns the key. */
export async function setUp(device: ShapedDevice, folder: string, ...rest: readonly Tree[]): Promise<string> {
  await device.ask("FolderSync", folderSync());
  let key = keyOf(await device.ask("Sync", syncOf(folder, "0")));
  for (;;) {
    const heard = await device.ask("Sync", syncOf(folder, key, ...rest));
    key = keyOf(heard) || key;
    if (all(heard.tree, "MoreAvailable").length === 0) return key;
  }
}
