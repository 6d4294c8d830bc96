import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { Mailbox } from "../mailbox.js";

/** Someone, or a list of people, that a text may stand for. */
export interface FoundRecipient {
  /** Whether the organization's address list or the user's own contacts have it. */
  readonly source: "directory" | "contact";
  readonly displayName: string;
  readonly emailAddress: string;
  /** The addresses of the members, when it is a distribution list. */
  readonly members?: readonly string[];
  /** S/MIME certificates that mail to it is encrypted for, each as DER; of a list, those of all members. */
  readonly certificates?: readonly Uint8Array[];
  /** The image file, such as a JPEG. */
  readonly photo?: Uint8Array;
}

/** What is wanted of each recipient beside its name; the rest may be left out. */
export interface RecipientWishes {
  readonly withCertificates: boolean;
  readonly withPhotos: boolean;
  /** At most so many recipients, at least 1. */
  readonly limit: number;
}

/** An optional ability of a {@link Mailbox}: whom a text in a To field stands for, for ResolveRecipients ([MS-ASCMD] 2.2.1.15). */
export interface MailboxRecipients {
  /**
   * Looks a recipient up. An address stands for its owner alone; a part of a name for everyone who has it.
   *
   * @param to what the user wrote, 1 to 256 characters.
   * @returns best first; `total` says how many there are in all.
   */
  resolveRecipient(
    mailbox: MailboxRef,
    to: string,
    wishes: RecipientWishes,
  ): Promise<{ readonly recipients: readonly FoundRecipient[]; readonly total: number }>;
}

/** The mailbox's {@link MailboxRecipients}; undefined when it has none. */
export function recipientsOf(mailbox: Mailbox): MailboxRecipients | undefined {
  const able = mailbox as Mailbox & Partial<MailboxRecipients>;
  return typeof able.resolveRecipient === "function" ? (able as MailboxRecipients) : undefined;
}
