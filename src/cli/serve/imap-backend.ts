import { type ConnectionOptions, rootCertificates } from "node:tls";
import {
  ImapConnections,
  type ImapConnectionsOptions,
  ImapFolders,
  ImapMailbox,
  imapAuthentication,
  imapChangeSource,
  type SmtpSubmissionOptions,
  smtpSubmission,
} from "../../imap/index.js";
import type { MailSubmission } from "../../mailbox/mail-submission.js";
import type { StateStore } from "../../state/state-store.js";
import { inspectImap } from "./check/inspect-imap.js";
import { inspectSmtp } from "./check/inspect-smtp.js";
import type { MailBackend } from "./mail-backend.js";
import { readOptionFile } from "./option-file.js";
import type { MailSettings, SmtpSettings } from "./settings.js";

/** The IMAP server that the settings name, and the way out for mail. */
export async function openImapBackend(settings: MailSettings, state: StateStore): Promise<MailBackend> {
  const tlsOptions = tlsOptionsOf(settings);
  const tls = tlsOptions === undefined ? {} : { tlsOptions };
  const connections = new ImapConnections({ ...settings.imap, ...tls, ...credentialsOf(settings) });
  const folders = new ImapFolders(connections, { state });
  const source = imapChangeSource(connections, folders, {
    mode: settings.watch,
    pollMs: settings.pollSeconds * 1_000,
  });
  const submission = submissionOf(settings, connections, tls);
  return {
    mailbox: new ImapMailbox(connections, folders),
    source,
    submission,
    authenticate: imapAuthentication(connections, { userOf: (sent) => userOf(sent, settings.domain) }),
    connections: () => connections.counts,
    inspect: async (ref) => [
      ...(await inspectImap(connections, folders, ref, settings.watch)),
      ...(await inspectSmtp(settings.smtp, submission, ref, tlsOptions)),
    ],
    async close() {
      source.close();
      await connections.close();
    },
  };
}

function submissionOf(
  { smtp, copiesToSent, addressDomain }: MailSettings,
  connections: ImapConnections,
  tls: Pick<SmtpSubmissionOptions, "tlsOptions">,
): MailSubmission | undefined {
  if (smtp === undefined) return undefined;
  const { host, port, login } = smtp;
  return smtpSubmission({
    host,
    port,
    tls: smtp.tls,
    ...tls,
    credentials: smtpCredentials(login),
    serverKeepsCopy: !copiesToSent,
    notices: connections,
    ...(addressDomain !== undefined && { domain: addressDomain }),
  });
}

function smtpCredentials(login: SmtpSettings["login"]): NonNullable<SmtpSubmissionOptions["credentials"]> {
  if (login === "none") return { kind: "none" };
  if (login === "phone") return { kind: "login" };
  return { kind: "hook", credentials: async () => ({ kind: "password", ...login }) };
}

function credentialsOf({ master }: MailSettings): Pick<ImapConnectionsOptions, "credentials"> {
  return master === undefined ? {} : { credentials: { kind: "master", ...master } };
}

function tlsOptionsOf({ caFile, insecure }: MailSettings): ConnectionOptions | undefined {
  if (insecure) return { rejectUnauthorized: false };
  return caFile === undefined
    ? undefined
    : { ca: [...rootCertificates, readOptionFile("--mail-ca", caFile).toString("utf8")] };
}

/** The mailbox of what a phone sent as user: without `DOMAIN\`, in small letters, with the domain where it has none. */
function userOf(sent: string, domain: string | undefined): string | undefined {
  const user = sent.slice(sent.lastIndexOf("\\") + 1).toLowerCase();
  if (user === "" || user.startsWith("@")) return undefined;
  return domain === undefined || user.includes("@") ? user : `${user}@${domain}`;
}
