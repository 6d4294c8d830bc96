import type { MailboxFolder } from "../mailbox/folder.js";
import { FolderHierarchy } from "../wbxml/code-pages/folder-hierarchy.js";
import type { WbxmlElement } from "../wbxml/element.js";
import { childText } from "../wbxml/reading.js";
import { maxNameCharacters, rootId } from "./folder-tree.js";
import { type FolderRefused, FolderStatus, refused } from "./folder-write-result.js";

/** Where a device wants a folder, and under which name. */
export interface FolderPlace {
  /** As devices name it: "0" for the root. */
  readonly parentId: string;
  readonly name: string;
}

/** The place in a request; undefined when one of its parts is missing, or the name is empty or too long ([MS-ASCMD] 2.2.3.49.3). */
export function readPlace(document: WbxmlElement): FolderPlace | undefined {
  const parentId = childText(document, FolderHierarchy.ParentId)?.trim();
  const name = childText(document, FolderHierarchy.DisplayName);
  if (!parentId || name === undefined || name.trim() === "" || name.length > maxNameCharacters)
    return undefined;
  return { parentId, name };
}

/** The place as mailboxes name it. */
export function mailboxPlace({ parentId, name }: FolderPlace): {
  readonly parentId: string | null;
  readonly name: string;
} {
  return { parentId: parentId === rootId ? null : parentId, name };
}

/** Why nothing can be put below a folder; undefined when something can. */
export function parentRefusal(
  parentId: string,
  folders: readonly MailboxFolder[],
): FolderRefused | undefined {
  if (parentId === rootId) return undefined;
  const parent = folders.find(({ id }) => id === parentId);
  if (parent === undefined) return refused(FolderStatus.ParentNotFound);
  return parent.kind === "recipient-cache" ? refused(FolderStatus.SpecialFolder) : undefined;
}

/** A folder and all below it. */
export function subtreeIds(
  id: string,
  folders: readonly { readonly id: string; readonly parentId: string | null }[],
): ReadonlySet<string> {
  const ids = new Set([id]);
  for (let before = 0; before !== ids.size; ) {
    before = ids.size;
    for (const folder of folders) {
      if (folder.parentId !== null && ids.has(folder.parentId)) ids.add(folder.id);
    }
  }
  return ids;
}
