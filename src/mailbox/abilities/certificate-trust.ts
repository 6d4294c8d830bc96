import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { Mailbox } from "../mailbox.js";

/** An optional ability of a {@link Mailbox}: whom it trusts to certify keys for mail, for ValidateCert ([MS-ASCMD] 2.2.1.22). */
export interface MailboxCertificateTrust {
  /** Certificates of authorities, each as DER, that are trusted beside those that come with Node. */
  trustedAuthorities(mailbox: MailboxRef): Promise<readonly Uint8Array[]>;
}

/** The mailbox's {@link MailboxCertificateTrust}; undefined when it has none. */
export function certificateTrustOf(mailbox: Mailbox): MailboxCertificateTrust | undefined {
  const able = mailbox as Mailbox & Partial<MailboxCertificateTrust>;
  return typeof able.trustedAuthorities === "function" ? (able as MailboxCertificateTrust) : undefined;
}
