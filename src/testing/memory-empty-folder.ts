import type { MemoryUser } from "./memory-user.js";

/** Removes what is in a folder, and the folders below it if wanted. */
export function emptyFolder(
  user: MemoryUser,
  folder: string,
  withSubfolders: boolean,
): { readonly kind: "emptied" } | { readonly kind: "not-found" } | { readonly kind: "forbidden" } {
  if (user.folders.find(folder) === undefined) return { kind: "not-found" };
  const below = withSubfolders ? user.folders.list.filter(({ parentId }) => parentId === folder) : [];
  if (below.some(({ id }) => holdsDefaultFolder(user, id))) return { kind: "forbidden" };
  for (const { id } of below) user.deleteFolder(id);
  const ids = [...(user.journal(folder)?.items() ?? [])].map(({ id }) => id);
  for (const id of ids) user.delete(folder, id);
  return { kind: "emptied" };
}

/** Folders such as the inbox must stay, wherever they were moved. */
function holdsDefaultFolder(user: MemoryUser, id: string): boolean {
  const folder = user.folders.find(id);
  if (folder === undefined || !folder.kind.startsWith("user-")) return true;
  return user.folders.list.some((child) => child.parentId === id && holdsDefaultFolder(user, child.id));
}
