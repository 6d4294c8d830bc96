import {
  child,
  childInteger,
  children,
  childText,
  element,
  FolderHierarchy,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { type ClientFolder, clientFolder } from "../client-folder.js";

/** The changes of a FolderSync answer. */
export interface FolderSyncAnswer {
  readonly syncKey: string;
  readonly added: readonly ClientFolder[];
  readonly updated: readonly ClientFolder[];
  readonly deleted: readonly string[];
}

/** Asks for all folders (key `0`), or for what changed ([MS-ASCMD] 2.2.1.5). */
export function folderSyncRequest(syncKey: string): WbxmlElement {
  return element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, syncKey)]);
}

/** Reads an answer with Status 1. Folders without an id are skipped; without a key the one that was sent stays. */
export function readFolderSync(document: WbxmlElement | undefined, sentKey: string): FolderSyncAnswer {
  const changes = child(document, FolderHierarchy.Changes);
  const folders = (tag: number): ClientFolder[] => children(changes, tag).flatMap(readFolder);
  return {
    syncKey: childText(document, FolderHierarchy.SyncKey) ?? sentKey,
    added: folders(FolderHierarchy.Add),
    updated: folders(FolderHierarchy.Update),
    deleted: children(changes, FolderHierarchy.Delete).flatMap(
      (gone) => childText(gone, FolderHierarchy.ServerId) ?? [],
    ),
  };
}

function readFolder(told: WbxmlElement): ClientFolder[] {
  const id = childText(told, FolderHierarchy.ServerId);
  if (id === undefined || id === "") return [];
  const type = childInteger(told, FolderHierarchy.Type);
  const parentId = childText(told, FolderHierarchy.ParentId) ?? "0";
  const name = childText(told, FolderHierarchy.DisplayName) ?? "";
  return [clientFolder(id, parentId, name, type?.kind === "integer" ? type.value : 0)];
}
