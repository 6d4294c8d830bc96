import type { MailboxEmptyFolder } from "../mailbox/abilities/empty-folder.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import type { ImapFolders } from "./imap-folders.js";
import { emptySelected } from "./mailbox-writes.js";

/** Removes all mails of a folder for good, and the folders below it if they are to go, too. */
export async function emptyFolders(
  folders: ImapFolders,
  mailbox: MailboxRef,
  folder: string,
  { withSubfolders }: { readonly withSubfolders: boolean },
): ReturnType<MailboxEmptyFolder["emptyFolder"]> {
  const emptied = await folders.inFolder(mailbox, folder, (client, opened) => emptySelected(client, opened));
  if (emptied.kind === "folder-missing") return { kind: "not-found" };
  if (emptied.kind === "done" && emptied.value !== undefined) {
    return emptied.value.kind === "not-found" ? { kind: "not-found" } : { kind: "forbidden" };
  }
  if (!withSubfolders) return { kind: "emptied" };
  const children = (await folders.folders(mailbox)).filter(({ parentId }) => parentId === folder);
  for (const { id } of children) {
    const removed = await folders.removeFolder(mailbox, id);
    if (removed.kind === "forbidden") return removed;
  }
  return { kind: "emptied" };
}
