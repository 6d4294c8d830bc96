/** What a folder holds; decides which items it can sync. */
export type ItemClass = "Email" | "Calendar" | "Contacts" | "Tasks" | "Notes";

/**
 * What a folder is for ([MS-ASCMD] 2.2.3.186.3). Each default kind exists at most once in a mailbox; the `user-*` kinds as often as wanted.
 */
export type FolderKind =
  | "inbox"
  | "drafts"
  | "deleted"
  | "sent"
  | "outbox"
  | "tasks"
  | "calendar"
  | "contacts"
  | "notes"
  | "recipient-cache"
  | "user-mail"
  | "user-calendar"
  | "user-contacts"
  | "user-tasks"
  | "user-notes";

/** One folder of a mailbox. */
export interface MailboxFolder {
  /** Stable across renames and moves, 1 to 64 characters; best begun with a letter. Never `HIERARCHY`, "0" or (but for the recipient cache) "RI". */
  readonly id: string;
  /** The parent's id, or null for a folder at the root. */
  readonly parentId: string | null;
  /** What the user reads, 1 to 256 characters. */
  readonly name: string;
  readonly kind: FolderKind;
}
