import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { Mailbox } from "../mailbox.js";

/**
 * An optional ability of a {@link Mailbox}: keeping the password that unlocks a device whose user forgot theirs, for Settings
 * ([MS-ASCMD] 2.2.3.46). Devices send it where the policy has `passwordRecoveryEnabled`. It is a secret: store it encrypted.
 */
export interface MailboxRecoveryPassword {
  /** @param password 1 to 255 characters, or empty: there is none any more. */
  setRecoveryPassword(
    mailbox: MailboxRef,
    deviceId: string,
    password: string,
  ): Promise<{ readonly kind: "updated" } | { readonly kind: "forbidden" }>;
}

/** The mailbox's {@link MailboxRecoveryPassword}; undefined when it has none. */
export function recoveryPasswordOf(mailbox: Mailbox): MailboxRecoveryPassword | undefined {
  const able = mailbox as Mailbox & Partial<MailboxRecoveryPassword>;
  return typeof able.setRecoveryPassword === "function" ? (able as MailboxRecoveryPassword) : undefined;
}
