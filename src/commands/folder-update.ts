import type { KnownFolder } from "../state/hierarchy-record.js";
import { FolderHierarchy } from "../wbxml/code-pages/folder-hierarchy.js";
import { childText } from "../wbxml/reading.js";
import type { Command } from "./command.js";
import { type FolderPlace, mailboxPlace, parentRefusal, readPlace, subtreeIds } from "./folder-place.js";
import { type FolderWriteContext, folderCommand } from "./folder-write.js";
import { FolderStatus, type FolderWriteResult, folderWriteRefused, refused } from "./folder-write-result.js";

/** FolderUpdate ([MS-ASCMD] 2.2.1.6): renames a folder, moves it below another, or both. */
export const folderUpdate: Command = folderCommand({
  name: "FolderUpdate",
  rootTag: FolderHierarchy.FolderUpdate,
  tellsId: false,
  decode(document) {
    const id = childText(document, FolderHierarchy.ServerId)?.trim();
    const place = readPlace(document);
    if (!id || place === undefined) return undefined;
    return {
      request: JSON.stringify(["FolderUpdate", id, place.parentId, place.name]),
      run: (work) => update(id, place, work),
    };
  },
});

async function update(
  id: string,
  place: FolderPlace,
  { context, writing, folders }: FolderWriteContext,
): Promise<FolderWriteResult> {
  const folder = folders.find((one) => one.id === id);
  if (folder === undefined) return refused(FolderStatus.FolderNotFound);
  if (folder.kind === "recipient-cache") return refused(FolderStatus.SpecialFolder);
  // [MS-ASCMD] 2.2.3.177.6 has one Status for both: the name is taken, and the folder must stay as it is.
  if (!folder.kind.startsWith("user-")) return refused(FolderStatus.NameTaken);
  const refusal = parentRefusal(place.parentId, folders);
  if (refusal !== undefined) return refusal;
  if (subtreeIds(id, folders).has(place.parentId)) return refused(FolderStatus.ParentNotFound);
  const updated = await writing.updateFolder(context.mailboxRef, id, mailboxPlace(place));
  if (updated.kind !== "updated") return folderWriteRefused(updated, FolderStatus.NameTaken);
  return { kind: "written", folderId: id, change: (tree) => withPlace(id, place, tree) };
}

/** The folder and all below it come last: a tree lists parents first. */
function withPlace(id: string, place: FolderPlace, tree: readonly KnownFolder[]): readonly KnownFolder[] {
  const moved = subtreeIds(id, tree);
  const placed = tree.map((folder) => (folder.id === id ? { ...folder, ...place } : folder));
  return [...placed.filter((folder) => !moved.has(folder.id)), ...placed.filter(({ id }) => moved.has(id))];
}
