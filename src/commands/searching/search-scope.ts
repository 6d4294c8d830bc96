import type { ItemClass, MailboxFolder } from "../../mailbox/folder.js";
import { classOfFolder } from "../../sync-state/folder-class.js";

/** Where a search looks. */
export interface SearchScope {
  /** Undefined: items of every class. */
  readonly classes: ReadonlySet<ItemClass> | undefined;
  /** Empty, or with an id that stands for all of them: the whole mailbox. */
  readonly folders: readonly string[];
  /** Whether what is below the folders is searched as well. */
  readonly deep: boolean;
}

/**
 * What stands for the whole mailbox: the id of what is above all folders ([MS-ASCMD] 2.2.3.132), which holds no items of its own, so that
 * old Android and Outlook do not mean it alone; and the folder by which iOS looks in all of them.
 */
const everywhere: ReadonlySet<string> = new Set(["0", "kDAMailAccountAllMailboxesFolderID"]);

/** The ids of the folders to look in; undefined when one of those that were named is not there. */
export function foldersInScope(
  tree: readonly MailboxFolder[],
  { classes, folders, deep }: SearchScope,
): readonly string[] | undefined {
  const known = new Set(tree.map(({ id }) => id));
  if (folders.some((id) => !everywhere.has(id) && !known.has(id))) return undefined;
  const isEverywhere = folders.length === 0 || folders.some((id) => everywhere.has(id));
  const named = new Set(folders);
  const chosen = isEverywhere
    ? tree
    : tree.filter((folder) => named.has(folder.id) || (deep && isBelow(folder, named, tree)));
  return chosen
    .filter(({ kind }) => kind !== "recipient-cache")
    .filter(({ kind }) => classes === undefined || classes.has(classOfFolder(kind)))
    .map(({ id }) => id);
}

function isBelow(folder: MailboxFolder, named: ReadonlySet<string>, tree: readonly MailboxFolder[]): boolean {
  const seen = new Set<string>();
  for (let parentId = folder.parentId; parentId !== null && !seen.has(parentId); ) {
    if (named.has(parentId)) return true;
    seen.add(parentId);
    parentId = tree.find(({ id }) => id === parentId)?.parentId ?? null;
  }
  return false;
}
