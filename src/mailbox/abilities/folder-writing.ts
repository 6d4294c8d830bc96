import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { FolderKind } from "../folder.js";
import type { Mailbox } from "../mailbox.js";

/** A folder that a device wants made. */
export interface FolderWish {
  /** The parent's id, or null for a folder at the root. */
  readonly parentId: string | null;
  /** 1 to 256 characters, as the user wrote them. */
  readonly name: string;
  readonly kind: Extract<FolderKind, `user-${string}`>;
}

/** Why a folder was not made, changed or removed. Anything else that goes wrong is thrown, and means that the mailbox is not available. */
export type FolderRefusal =
  /** The folder is not there. */
  | { readonly kind: "not-found" }
  /** The folder that is to be its parent is not there. */
  | { readonly kind: "parent-not-found" }
  /** The parent has another folder of that name. */
  | { readonly kind: "name-taken" }
  /** The back end has no such folders: a name or a place that it does not allow. */
  | { readonly kind: "invalid"; readonly reason: string }
  /** The user may not, or the folder is one that must stay as it is. */
  | { readonly kind: "forbidden" }
  /** The mailbox has as many folders as it may. */
  | { readonly kind: "too-many-folders" }
  | { readonly kind: "quota-exceeded" };

/** Why a folder was not made. */
export type AddFolderRefusal = Exclude<FolderRefusal, { readonly kind: "not-found" }>;

/** Why a folder was not renamed or moved. */
export type UpdateFolderRefusal = Exclude<
  FolderRefusal,
  { readonly kind: "too-many-folders" | "quota-exceeded" }
>;

/** Why a folder was not removed. */
export type RemoveFolderRefusal = Extract<FolderRefusal, { readonly kind: "not-found" | "forbidden" }>;

/**
 * An optional ability of a {@link Mailbox}: its folder tree can be changed. With it FolderCreate, FolderUpdate and FolderDelete
 * ([MS-ASCMD] 2.2.1.3, 2.2.1.4, 2.2.1.6) are there. `folders` tells of what was written as soon as the call is over.
 */
export interface MailboxFolderWriting {
  /**
   * Makes a folder.
   *
   * @param creationToken the same for a repeat of the same creation, whose answer was lost: the folder of the first call is returned and none is
   *   made. A back end that remembers no tokens answers `name-taken` instead.
   */
  addFolder(
    mailbox: MailboxRef,
    folder: FolderWish,
    creationToken: string,
  ): Promise<{ readonly kind: "created"; readonly id: string } | AddFolderRefusal>;
  /** Gives a folder a name and a parent (null: the root); one of them, or both, may be what it has already. Its id stays. */
  updateFolder(
    mailbox: MailboxRef,
    id: string,
    to: { readonly parentId: string | null; readonly name: string },
  ): Promise<{ readonly kind: "updated" } | UpdateFolderRefusal>;
  /** Removes a folder with what is in it and below it; whether for good is up to the mailbox. `folders` lists none of them any more. */
  removeFolder(mailbox: MailboxRef, id: string): Promise<{ readonly kind: "deleted" } | RemoveFolderRefusal>;
}

/** The mailbox's {@link MailboxFolderWriting}; undefined when it has not all of it. */
export function folderWritingOf(mailbox: Mailbox): MailboxFolderWriting | undefined {
  const able = mailbox as Mailbox & Partial<MailboxFolderWriting>;
  const calls = [able.addFolder, able.updateFolder, able.removeFolder];
  return calls.every((call) => typeof call === "function") ? (able as MailboxFolderWriting) : undefined;
}
