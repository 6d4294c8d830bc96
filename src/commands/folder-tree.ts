import createDebug from "debug";
import type { FolderKind, MailboxFolder } from "../mailbox/folder.js";
import { type FolderTypeEntry, folderTypes } from "../protocol/folder-type.js";
import { isAtLeast, type ProtocolVersion } from "../protocol/version.js";
import { HIERARCHY } from "../push/mailbox-change-source.js";
import type { KnownFolder } from "../state/hierarchy-record.js";

const debug = createDebug("direct-push:commands");

/** The root of the tree, as devices name it; no folder of its own. */
export const rootId = "0";
const maxIdCharacters = 64;
/** Of a folder's name ([MS-ASCMD] 2.2.3.49.3). */
export const maxNameCharacters = 256;

/** What a device has to be told so that one tree becomes the other. */
export interface TreeDelta {
  /** Parents before children. */
  readonly added: readonly KnownFolder[];
  readonly updated: readonly KnownFolder[];
  /** Children before parents; every folder of a removed subtree. */
  readonly deleted: readonly string[];
}

/**
 * A mailbox's folders as a device of `version` is told of them, parents before children. Left out are kinds that the version does not know
 * and ids that no device can use; a folder whose parent is left out, missing or its own descendant hangs at the root.
 */
export function toldFolders(
  folders: readonly MailboxFolder[],
  version: ProtocolVersion,
): readonly KnownFolder[] {
  const shown = new Map<string, MailboxFolder>();
  for (const folder of folders) {
    if (isShown(folder, version) && !shown.has(folder.id)) shown.set(folder.id, folder);
  }
  const told = new Map<string, KnownFolder>();
  for (const folder of shown.values()) tell(folder, shown, told);
  return [...told.values()];
}

/** Whether two trees are the same, in whatever order they are listed. */
export function isSameTree(before: readonly KnownFolder[], after: readonly KnownFolder[]): boolean {
  if (before.length !== after.length) return false;
  const known = new Map(before.map((folder) => [folder.id, folder]));
  return after.every((folder) => {
    const former = known.get(folder.id);
    return former !== undefined && isSameFolder(former, folder);
  });
}

/** What changed from one tree to another; both list parents before children. */
export function treeDelta(before: readonly KnownFolder[], after: readonly KnownFolder[]): TreeDelta {
  const former = new Map(before.map((folder) => [folder.id, folder]));
  const present = new Set(after.map((folder) => folder.id));
  return {
    added: after.filter((folder) => !former.has(folder.id)),
    updated: after.filter((folder) => {
      const known = former.get(folder.id);
      return known !== undefined && !isSameFolder(known, folder);
    }),
    deleted: before
      .filter((folder) => !present.has(folder.id))
      .map((folder) => folder.id)
      .reverse(),
  };
}

function isShown(folder: MailboxFolder, version: ProtocolVersion): boolean {
  if (
    folder.id === "" ||
    folder.id === rootId ||
    folder.id === HIERARCHY ||
    folder.id.length > maxIdCharacters
  ) {
    debug("folder %o is not shown: its id cannot be told to a device", folder.id);
    return false;
  }
  return isAtLeast(version, typeEntry(folder.kind).since);
}

function tell(
  folder: MailboxFolder,
  shown: ReadonlyMap<string, MailboxFolder>,
  told: Map<string, KnownFolder>,
): void {
  const path: MailboxFolder[] = [];
  const onPath = new Set<string>();
  for (let next: MailboxFolder | undefined = folder; next && !told.has(next.id) && !onPath.has(next.id); ) {
    path.push(next);
    onPath.add(next.id);
    next = next.parentId === null ? undefined : shown.get(next.parentId);
  }
  for (const ancestor of path.reverse()) {
    const parentId = ancestor.parentId !== null && told.has(ancestor.parentId) ? ancestor.parentId : rootId;
    const name = (ancestor.name === "" ? ancestor.id : ancestor.name).slice(0, maxNameCharacters);
    told.set(ancestor.id, { id: ancestor.id, parentId, name, type: typeEntry(ancestor.kind).type });
  }
}

function typeEntry(kind: FolderKind): FolderTypeEntry {
  return folderTypes[kind];
}

function isSameFolder(a: KnownFolder, b: KnownFolder): boolean {
  return a.parentId === b.parentId && a.name === b.name && a.type === b.type;
}
