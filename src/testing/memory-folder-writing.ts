import type {
  AddFolderRefusal,
  FolderWish,
  RemoveFolderRefusal,
  UpdateFolderRefusal,
} from "../mailbox/abilities/folder-writing.js";
import type { MailboxFolder } from "../mailbox/folder.js";
import type { MemoryUser } from "./memory-user.js";

type Place = Pick<MailboxFolder, "parentId" | "name">;

/** Makes a folder for a device, once for each token. */
export function addFolder(
  user: MemoryUser,
  folder: FolderWish,
  token: string,
): { readonly kind: "created"; readonly id: string } | AddFolderRefusal {
  const made = user.madeFolder(token);
  if (made !== undefined && user.folders.find(made) !== undefined) return { kind: "created", id: made };
  const refusal = refusalOfPlace(user, folder, undefined);
  if (refusal !== undefined) return refusal;
  const { id } = user.createFolder(folder);
  user.noteMadeFolder(token, id);
  return { kind: "created", id };
}

/** Renames or moves a folder for a device. */
export function updateFolder(
  user: MemoryUser,
  id: string,
  to: Place,
): { readonly kind: "updated" } | UpdateFolderRefusal {
  const refusal = refusalOfFolder(user, id) ?? refusalOfPlace(user, to, id);
  if (refusal !== undefined) return refusal;
  user.changeFolder(id, to);
  return { kind: "updated" };
}

/** Removes a folder for a device. */
export function removeFolder(
  user: MemoryUser,
  id: string,
): { readonly kind: "deleted" } | RemoveFolderRefusal {
  const refusal = refusalOfFolder(user, id);
  if (refusal !== undefined) return refusal;
  user.deleteFolder(id);
  return { kind: "deleted" };
}

function refusalOfFolder(user: MemoryUser, id: string): RemoveFolderRefusal | undefined {
  const folder = user.folders.find(id);
  if (folder === undefined) return { kind: "not-found" };
  return folder.kind.startsWith("user-") ? undefined : { kind: "forbidden" };
}

function refusalOfPlace(
  user: MemoryUser,
  { parentId, name }: Place,
  id: string | undefined,
): Extract<AddFolderRefusal, UpdateFolderRefusal> | undefined {
  for (let at = parentId; at !== null; ) {
    const parent = user.folders.find(at);
    if (parent === undefined) return { kind: "parent-not-found" };
    if (parent.id === id) return { kind: "invalid", reason: "A folder cannot be below itself" };
    at = parent.parentId;
  }
  const isTaken = user.folders.list.some(
    (other) => other.parentId === parentId && other.name === name && other.id !== id,
  );
  return isTaken ? { kind: "name-taken" } : undefined;
}
