/**
 * Direct Push for any IMAP server: connections to it, the logins of phones checked against it, its folders, and the mail in them. Needs the package `imapflow`,
 * and for the mail `postal-mime`.
 *
 * @packageDocumentation
 */

export { type ImapChangeSource, imapChangeSource } from "./change-source.js";
export type { ImapChangeSourceOptions } from "./change-source-options.js";
export {
  ImapConnections,
  type ImapFolderWork,
  type ImapFolderWorkOptions,
  type ImapWorkOptions,
} from "./imap-connections.js";
export {
  type BearerOwner,
  type ImapAuthenticationOptions,
  imapAuthentication,
} from "./imap-connections-authentication.js";
export type { ImapCredentials, ImapCredentialsSource } from "./imap-connections-credentials.js";
export type { ImapLease } from "./imap-connections-lease.js";
export type { LoginVerdict } from "./imap-connections-logins.js";
export type { ImapConnectionsOptions } from "./imap-connections-options.js";

export { type FolderWork, ImapFolders, type ImapFoldersOptions } from "./imap-folders.js";
export type { ImapFolder, ImapFolderListing } from "./imap-folders-listing.js";
export { ImapMailbox } from "./imap-mailbox.js";
export { type ImapMailboxOptions, ImapMailboxReading } from "./mailbox-reading.js";
export { smtpSubmission } from "./submission.js";
export type { SmtpSubmissionOptions } from "./submission-options.js";
