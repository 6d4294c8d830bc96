import { FolderHierarchy } from "../wbxml/code-pages/folder-hierarchy.js";
import { childText } from "../wbxml/reading.js";
import type { Command } from "./command.js";
import { subtreeIds } from "./folder-place.js";
import { type FolderWriteContext, folderCommand } from "./folder-write.js";
import { FolderStatus, type FolderWriteResult, folderWriteRefused, refused } from "./folder-write-result.js";

/** FolderDelete ([MS-ASCMD] 2.2.1.4): removes a folder with what is in it and below it. */
export const folderDelete: Command = folderCommand({
  name: "FolderDelete",
  rootTag: FolderHierarchy.FolderDelete,
  tellsId: false,
  decode(document) {
    const id = childText(document, FolderHierarchy.ServerId)?.trim();
    if (!id) return undefined;
    return { request: JSON.stringify(["FolderDelete", id]), run: (work) => remove(id, work) };
  },
});

async function remove(
  id: string,
  { context, writing, folders }: FolderWriteContext,
): Promise<FolderWriteResult> {
  const folder = folders.find((one) => one.id === id);
  if (folder === undefined) return refused(FolderStatus.FolderNotFound);
  if (!folder.kind.startsWith("user-")) return refused(FolderStatus.SpecialFolder);
  const removed = await writing.removeFolder(context.mailboxRef, id);
  if (removed.kind !== "deleted") return folderWriteRefused(removed, FolderStatus.SpecialFolder);
  return {
    kind: "written",
    folderId: id,
    // A device removes what is below the folder as well.
    change: (tree) => {
      const gone = subtreeIds(id, tree);
      return tree.filter((one) => !gone.has(one.id));
    },
  };
}
