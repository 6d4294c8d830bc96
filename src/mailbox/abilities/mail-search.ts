import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { ItemPlace } from "../item-reference.js";
import type { Mailbox } from "../mailbox.js";

/** The part of a mail that a search can be limited to; `participants` are From, To, Cc and Bcc together. */
export type SearchField = "from" | "to" | "cc" | "bcc" | "participants" | "subject" | "body";

/**
 * What a search looks for. A text is one or more words that stand next to one another; each matches without regard to case, the last one the
 * beginning of a word as well. Without `in` it may stand in any part of an item that a user would look in.
 */
export type SearchExpression =
  | { readonly kind: "text"; readonly text: string; readonly in?: SearchField }
  | { readonly kind: "all"; readonly of: readonly SearchExpression[] }
  | { readonly kind: "any"; readonly of: readonly SearchExpression[] }
  | { readonly kind: "not"; readonly of: SearchExpression };

/** What of a mailbox is searched, and which of the results are wanted. */
export interface MailboxSearchQuery {
  /** Undefined: any item matches. */
  readonly expression: SearchExpression | undefined;
  /** The folders to look in, each with items of one class; what is below them is searched only if it is listed too. */
  readonly folders: readonly string[];
  /** Items dated (as the change list dates them) after this, exclusive; undefined for no limit. */
  readonly afterMs: number | undefined;
  /** Items dated before this, exclusive; undefined for no limit. */
  readonly beforeMs: number | undefined;
  /** Mails of one conversation, as `EmailItem.conversationId` has it; undefined for all. */
  readonly conversationId: Uint8Array | undefined;
  /** How many results are left out at the beginning, and how many are wanted at most. */
  readonly first: number;
  readonly limit: number;
}

/** An optional ability of a {@link Mailbox}: looking for items, for Search ([MS-ASCMD] 2.2.1.16) and Find (2.2.1.2). */
export interface MailboxSearch {
  /**
   * Looks for items, newest first.
   *
   * @returns where the wanted ones are, and how many there are in all, at least roughly; `too-complex` for an expression that the back end cannot
   *   look for.
   */
  search(
    mailbox: MailboxRef,
    query: MailboxSearchQuery,
  ): Promise<
    | { readonly kind: "found"; readonly items: readonly ItemPlace[]; readonly total: number }
    | { readonly kind: "too-complex" }
  >;
}

/** The mailbox's {@link MailboxSearch}; undefined when it has none. */
export function searchOf(mailbox: Mailbox): MailboxSearch | undefined {
  const able = mailbox as Mailbox & Partial<MailboxSearch>;
  return typeof able.search === "function" ? (able as MailboxSearch) : undefined;
}
