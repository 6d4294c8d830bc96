import type { MailboxRef } from "../push/mailbox-change-source.js";
import type { MailboxFolder } from "./folder.js";
import type { MailboxItem } from "./items/item.js";

/**
 * What of a mail changes without its content changing. Compared piece by piece, so that a device is told only what changed
 * ([MS-ASEMAIL] 3.2.5.4). Items of other classes have none.
 */
export interface ItemFlags {
  readonly read: boolean;
  /** Any string that changes when the follow-up flag does; empty for none. */
  readonly followUp: string;
  /** Any string that changes when the categories do; empty for none. */
  readonly categories: string;
}

/** What identifies a state of an item: equal versions (and flags) mean that a device which has it needs nothing. */
export interface ItemVersion {
  /** Opaque; changes with everything that `flags` does not cover. At most 64 characters. */
  readonly version: string;
  readonly flags?: ItemFlags;
}

/** An item as a folder's change list tells it. */
export interface ItemState extends ItemVersion {
  /**
   * Until when the item matters for a filter by age, in milliseconds since the epoch: a mail's date received, an appointment's
   * last end. Undefined: it is in every window (an endless series, a contact).
   */
  readonly dateMs?: number;
  /** Tasks: whether it is complete (filter "incomplete tasks"). */
  readonly complete?: boolean;
}

/** One line of a folder's change list. */
export type ItemChange =
  | ({
      /** The item is in the folder: it was added, or changed, or is told again. */
      readonly kind: "present";
      /** Unique in the folder, stable, never reused, 1 to 48 characters. */
      readonly id: string;
    } & ItemState)
  | { readonly kind: "gone"; readonly id: string };

/** What of a folder's changes is wanted. */
export interface ChangeQuery {
  /** Where the last page ended; undefined lists the whole folder, best newest first. */
  readonly cursor: string | undefined;
  /** A hint: items dated before this are not wanted and may be left out, but need not be. */
  readonly sinceMs: number | undefined;
  /** At most this many changes, at least 1. */
  readonly limit: number;
}

/** A page of changes, or the news that the cursor is worthless. */
export type ChangePage =
  | {
      readonly kind: "page";
      readonly changes: readonly ItemChange[];
      /** Continues right after this page, whether or not there was more; opaque, at most 1,024 characters. Valid for as long as possible, and more than once. */
      readonly cursor: string;
      readonly more: boolean;
    }
  /** The cursor is not known any more (a restored folder, an expired journal): the folder is compared as a whole. */
  | { readonly kind: "cursor-expired" };

/** Items by their date, for filter windows that move. */
export interface DatedQuery {
  /** Inclusive; undefined for no lower bound. */
  readonly fromMs: number | undefined;
  /** Exclusive. */
  readonly beforeMs: number;
  /** Where the last page ended. */
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** A page of items by date. */
export interface DatedPage {
  readonly items: readonly Extract<ItemChange, { kind: "present" }>[];
  readonly cursor: string;
  readonly more: boolean;
}

/** How the body of an item is wanted; a hint that saves a back end work, never a promise about what it returns. */
export interface ItemView {
  /** In order of preference ([MS-ASAIRS] 2.2.2.12). Empty: plain text. */
  readonly bodies: readonly BodyPreference[];
  /** The HTML that is wanted besides the body, for the message part of a mail ([MS-ASAIRS] 2.2.2.10); absent for none. */
  readonly bodyPart?: BodyPreference;
  /** False when only flags are asked for: the body may be left out. */
  readonly withBody: boolean;
}

/** One body format that a device wants ([MS-ASAIRS] 2.2.2.12). */
export interface BodyPreference {
  readonly type: "plain" | "html" | "rtf" | "mime";
  /** In bytes; undefined for everything. */
  readonly truncationBytes: number | undefined;
  /** Skip this format rather than truncate it. */
  readonly allOrNone: boolean;
  /** Characters of preview wanted, 0 to 255; 0 for none. */
  readonly previewCharacters: number;
}

/** An item that was written. */
export interface WrittenItem extends ItemVersion {
  readonly id: string;
}

/** Why a write did not happen. Anything else that goes wrong is thrown, and means that the mailbox is not available. */
export type WriteRefusal =
  /** The item or folder is not there. */
  | { readonly kind: "not-found" }
  /** The item's version is not the expected one. */
  | { readonly kind: "version-mismatch" }
  /** The back end cannot store such an item. */
  | { readonly kind: "invalid"; readonly reason: string }
  /** The user may not. */
  | { readonly kind: "forbidden" }
  | { readonly kind: "quota-exceeded" };

/** What a change of an item is. */
export type ItemUpdate =
  /** A mail's flags; what is undefined stays. */
  | {
      readonly kind: "email-flags";
      readonly read?: boolean;
      /** Null clears the flag. */
      readonly flag?: import("./items/email.js").FollowUpFlag | null;
      readonly categories?: readonly string[];
    }
  /** The whole item as it is to be. */
  | { readonly kind: "replace"; readonly item: MailboxItem };

/**
 * What FolderSync and Sync read and write: the integrator's mail store. Every call is bounded in time. A call that throws or rejects
 * means that the mailbox cannot be reached: held requests end with Status 8, new ones get 503, and a device is never asked for its password.
 */
export interface Mailbox {
  /** All folders that devices may see, parents before children. */
  folders(mailbox: MailboxRef): Promise<readonly MailboxFolder[]>;
  /** What changed in a folder since a cursor. A folder that does not exist has no changes: it answers `folder-gone`. */
  changes(
    mailbox: MailboxRef,
    folder: string,
    query: ChangeQuery,
  ): Promise<ChangePage | { readonly kind: "folder-gone" }>;
  /** Items whose `dateMs` lies in a range, in any order that pages well. */
  itemsDated(mailbox: MailboxRef, folder: string, query: DatedQuery): Promise<DatedPage>;
  /** The present version of one item, with the date that the change list tells, or undefined when it is not in the folder. */
  itemVersion(mailbox: MailboxRef, folder: string, id: string): Promise<ItemState | undefined>;
  /** One item with the body formats that the view asks for, or undefined when it is not in the folder. */
  item(mailbox: MailboxRef, folder: string, id: string, view: ItemView): Promise<MailboxItem | undefined>;
  /**
   * Stores a new item.
   *
   * @param creationToken the same for a repeat of the same creation: a second call with it returns the item of the first and stores
   *   nothing. Keep tokens for as long as a device may repeat a request (a day is plenty).
   */
  create(
    mailbox: MailboxRef,
    folder: string,
    item: MailboxItem,
    creationToken: string,
  ): Promise<({ readonly kind: "created" } & WrittenItem) | WriteRefusal>;
  /** Changes an item. With `expectedVersion`, only if `version` is still that (flags do not count). */
  update(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    update: ItemUpdate,
    expectedVersion: string | undefined,
  ): Promise<({ readonly kind: "updated" } & ItemVersion) | WriteRefusal>;
  /** Removes an item for good. */
  delete(
    mailbox: MailboxRef,
    folder: string,
    id: string,
  ): Promise<{ readonly kind: "deleted" } | WriteRefusal>;
  /** Moves an item to another folder of the same mailbox; it may get another id there. */
  move(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    toFolder: string,
  ): Promise<({ readonly kind: "moved" } & WrittenItem) | WriteRefusal>;
}

/** An optional ability of a {@link Mailbox}: who the user is, for Settings ([MS-ASCMD] 2.2.1.18). */
export interface MailboxUserInformation {
  userInformation(mailbox: MailboxRef): Promise<{
    /** The first is the primary address. */
    readonly addresses: readonly string[];
    readonly displayName?: string;
  }>;
}
