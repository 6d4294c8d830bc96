import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { Mailbox } from "../mailbox.js";

/** An optional ability of a {@link Mailbox}: emptying a folder at once, for ItemOperations ([MS-ASCMD] 2.2.3.66). */
export interface MailboxEmptyFolder {
  /** Removes all items of a folder for good, and with `withSubfolders` the folders below it as well; the folder itself stays. */
  emptyFolder(
    mailbox: MailboxRef,
    folder: string,
    options: { readonly withSubfolders: boolean },
  ): Promise<{ readonly kind: "emptied" } | { readonly kind: "not-found" } | { readonly kind: "forbidden" }>;
}

/** The mailbox's {@link MailboxEmptyFolder}; undefined when it has none. */
export function emptyFolderOf(mailbox: Mailbox): MailboxEmptyFolder | undefined {
  const able = mailbox as Mailbox & Partial<MailboxEmptyFolder>;
  return typeof able.emptyFolder === "function" ? (able as MailboxEmptyFolder) : undefined;
}
