import type { AddFolderRefusal, FolderRefusal } from "../mailbox/abilities/folder-writing.js";
import { isAnswered, responseCodeOf } from "./imap-connections-failure.js";
import type { ImapFolder, ImapFolderListing } from "./imap-folders-listing.js";

type Refusal = Exclude<FolderRefusal, { readonly kind: "not-found" }>;

/** Where a folder is to be, or why it cannot be there. */
export type FolderPlace = { readonly kind: "place"; readonly path: string } | Refusal;

/** The path of a folder of that name and parent. */
export function placeOf(
  { folders, byId, prefix, delimiter }: ImapFolderListing,
  parentId: string | null,
  name: string,
): FolderPlace {
  const parent = parentId === null ? undefined : byId.get(parentId);
  if (parentId !== null && parent === undefined) return { kind: "parent-not-found" };
  const invalid = whyInvalid(name, delimiter);
  if (invalid !== undefined) return { kind: "invalid", reason: invalid };
  if (parent !== undefined && delimiter === "") {
    return { kind: "invalid", reason: "the server has no folders below folders" };
  }
  const path = parent === undefined ? `${prefix}${name}` : `${parent.path}${delimiter}${name}`;
  if (path.toUpperCase() === "INBOX") return { kind: "name-taken" };
  if (folders.some((folder) => folder.path === path)) return { kind: "name-taken" };
  return { kind: "place", path };
}

/** Wildcards are legal in names, but no server agrees with another about them. */
function whyInvalid(name: string, delimiter: string): string | undefined {
  if (delimiter !== "" && name.includes(delimiter)) return `the server divides names by ${delimiter}`;
  if ([...name].some((character) => character < " " || "\u007f*%".includes(character))) {
    return "the name has characters that a server does not take";
  }
  return name.trim() === "" ? "the name is empty" : undefined;
}

/** The folders below one, the deepest first. */
export function below(
  { folders }: ImapFolderListing,
  { path, delimiter }: ImapFolder,
): readonly ImapFolder[] {
  if (delimiter === "") return [];
  return folders.filter((folder) => folder.path.startsWith(`${path}${delimiter}`)).reverse();
}

/**
 * What the server says against a folder.
 *
 * @throws the error, when it is none of the server's answers.
 */
export function refusalOf(error: unknown): AddFolderRefusal {
  if (!isAnswered(error)) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  switch (responseCodeOf(error)) {
    case "ALREADYEXISTS":
      return { kind: "name-taken" };
    case "NOPERM":
      return { kind: "forbidden" };
    case "OVERQUOTA":
      return { kind: "quota-exceeded" };
    case "LIMIT":
      return { kind: "too-many-folders" };
    // For a moment, as the server itself says: the device tries again.
    case "UNAVAILABLE":
    case "INUSE":
    case "SERVERBUG":
      throw error;
    default:
      return { kind: "invalid", reason };
  }
}
