import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { EmailItem } from "../items/email.js";
import type { Mailbox, WriteRefusal, WrittenItem } from "../mailbox.js";

/** The draft whose place another takes. */
export interface ReplacedDraft {
  readonly id: string;
  /** Only if its version is still that (flags do not count). */
  readonly expectedVersion: string;
}

/** An optional ability of a {@link Mailbox}: keeping drafts that devices of version 16.0 and later write ([MS-ASEMAIL] 2.2.2.69). */
export interface MailboxDrafts {
  /**
   * Stores a draft in the folder of kind `drafts`. A store whose messages cannot be changed stores the new one and removes the old one.
   *
   * @param draft with the whole message in `body.mime`, Bcc included, and with the flags that it is to have.
   * @param replaced the draft in whose place it comes; undefined for a new one.
   * @param token the same for a repeat of the same call: a second call with it returns the draft of the first and stores nothing, whatever
   *   became of the version since. Keep tokens for as long as a device may repeat a request (a day is plenty).
   * @returns the draft as it is stored; its id may be another than that of the one before.
   */
  saveDraft(
    mailbox: MailboxRef,
    folder: string,
    draft: EmailItem,
    replaced: ReplacedDraft | undefined,
    token: string,
  ): Promise<({ readonly kind: "saved" } & WrittenItem) | WriteRefusal>;
}

/** The mailbox's {@link MailboxDrafts}; undefined when it has none. */
export function draftsOf(mailbox: Mailbox): MailboxDrafts | undefined {
  const able = mailbox as Mailbox & Partial<MailboxDrafts>;
  return typeof able.saveDraft === "function" ? (able as MailboxDrafts) : undefined;
}
