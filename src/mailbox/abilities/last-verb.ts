import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { LastVerb } from "../items/email.js";
import type { Mailbox } from "../mailbox.js";

/** An optional ability of a {@link Mailbox}: marking a mail as answered or forwarded ([MS-ASEMAIL] 2.2.2.43). */
export interface MailboxLastVerb {
  /** Notes what the user last did with a mail; from then on the mail has it as `lastVerb`, and counts as changed. */
  setLastVerb(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    verb: LastVerb,
  ): Promise<{ readonly kind: "updated" } | { readonly kind: "not-found" }>;
}

/** The mailbox's {@link MailboxLastVerb}; undefined when it has none. */
export function lastVerbOf(mailbox: Mailbox): MailboxLastVerb | undefined {
  const able = mailbox as Mailbox & Partial<MailboxLastVerb>;
  return typeof able.setLastVerb === "function" ? (able as MailboxLastVerb) : undefined;
}
