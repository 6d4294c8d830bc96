import type { FolderKind, MailboxFolder } from "../mailbox/folder.js";

function root(id: string, name: string, kind: FolderKind): MailboxFolder {
  return Object.freeze({ id, parentId: null, name, kind });
}

/** The folders that every user of a {@link MemoryMailbox} has: one of each default kind, with the same ids for everyone. */
export const defaultFolders: readonly MailboxFolder[] = Object.freeze([
  root("inbox", "Inbox", "inbox"),
  root("drafts", "Drafts", "drafts"),
  root("deleted", "Deleted Items", "deleted"),
  root("sent", "Sent Items", "sent"),
  root("outbox", "Outbox", "outbox"),
  root("calendar", "Calendar", "calendar"),
  root("contacts", "Contacts", "contacts"),
  root("tasks", "Tasks", "tasks"),
  root("notes", "Notes", "notes"),
  root("RI", "Recipient cache", "recipient-cache"),
]);
