import { type MailboxOutOfOffice, outOfOfficeOf } from "./abilities/out-of-office.js";
import { type MailboxRecoveryPassword, recoveryPasswordOf } from "./abilities/recovery-password.js";
import type { Mailbox } from "./mailbox.js";

/** The abilities behind Settings that the mailbox has, their calls bounded. */
export function guardedSettings(
  mailbox: Mailbox,
  bounded: <T>(what: string, call: () => Promise<T>) => Promise<T>,
): Partial<MailboxOutOfOffice & MailboxRecoveryPassword> {
  const notes = outOfOfficeOf(mailbox);
  const passwords = recoveryPasswordOf(mailbox);
  return {
    ...(notes && {
      outOfOffice: (ref) => bounded("outOfOffice", () => notes.outOfOffice(ref)),
      setOutOfOffice: (ref, change) => bounded("setOutOfOffice", () => notes.setOutOfOffice(ref, change)),
    }),
    ...(passwords && {
      setRecoveryPassword: (ref, deviceId, password) =>
        bounded("setRecoveryPassword", () => passwords.setRecoveryPassword(ref, deviceId, password)),
    }),
  };
}
