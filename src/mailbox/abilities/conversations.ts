import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { Mailbox } from "../mailbox.js";

/** An optional ability of a {@link Mailbox}: moving conversations, for ItemOperations ([MS-ASCON] 3.2.5.4). */
export interface MailboxConversations {
  /**
   * Moves the mails of a conversation to a folder, and from then on those of it that arrive. Which folders it leaves alone, such as that of sent
   * mails, is up to the mailbox.
   *
   * @param conversationId as the mails of this mailbox have it (`EmailItem.conversationId`).
   */
  moveConversation(
    mailbox: MailboxRef,
    conversationId: Uint8Array,
    toFolder: string,
  ): Promise<{ readonly kind: "moved" } | { readonly kind: "not-found" } | { readonly kind: "forbidden" }>;
}

/** The mailbox's {@link MailboxConversations}; undefined when it has none. */
export function conversationsOf(mailbox: Mailbox): MailboxConversations | undefined {
  const able = mailbox as Mailbox & Partial<MailboxConversations>;
  return typeof able.moveConversation === "function" ? (able as MailboxConversations) : undefined;
}
