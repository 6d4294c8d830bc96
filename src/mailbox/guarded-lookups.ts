import { certificateTrustOf, type MailboxCertificateTrust } from "./abilities/certificate-trust.js";
import { directoryOf, type MailboxDirectory } from "./abilities/directory.js";
import { freeBusyOf, type MailboxFreeBusy } from "./abilities/free-busy.js";
import { type MailboxSearch, searchOf } from "./abilities/mail-search.js";
import { type MailboxRecipients, recipientsOf } from "./abilities/recipients.js";
import type { Mailbox } from "./mailbox.js";

/** The abilities that look something up. */
export type MailboxLookups = MailboxSearch &
  MailboxDirectory &
  MailboxRecipients &
  MailboxFreeBusy &
  MailboxCertificateTrust;

/** Bounds one call; `what` names it in errors. */
type Bounded = <T>(what: string, call: () => Promise<T>) => Promise<T>;

/** Those of the abilities that the mailbox has, with their calls bounded in time. */
export function guardedLookups(mailbox: Mailbox, bounded: Bounded): Partial<MailboxLookups> {
  const search = searchOf(mailbox);
  const directory = directoryOf(mailbox);
  const recipients = recipientsOf(mailbox);
  const freeBusy = freeBusyOf(mailbox);
  const trust = certificateTrustOf(mailbox);
  return {
    ...(search && { search: (ref, query) => bounded("search", () => search.search(ref, query)) }),
    ...(directory && {
      findInDirectory: (ref, query) =>
        bounded("findInDirectory", () => directory.findInDirectory(ref, query)),
    }),
    ...(recipients && {
      resolveRecipient: (ref, to, wishes) =>
        bounded("resolveRecipient", () => recipients.resolveRecipient(ref, to, wishes)),
    }),
    ...(freeBusy && {
      freeBusy: (ref, address, fromMs, beforeMs) =>
        bounded("freeBusy", () => freeBusy.freeBusy(ref, address, fromMs, beforeMs)),
    }),
    ...(trust && {
      trustedAuthorities: (ref) => bounded("trustedAuthorities", () => trust.trustedAuthorities(ref)),
    }),
  };
}
