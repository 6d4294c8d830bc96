import {
  ImapConnections,
  type ImapConnectionsOptions,
  ImapFolders,
  ImapMailbox,
  type ImapMailboxOptions,
} from "direct-push/imap";
import type { ImapFlow } from "imapflow";
import type { Dovecot } from "./dovecot.js";
import { masterUser } from "./dovecot.js";

/** A mailbox on a Dovecot, and what it is made of. */
export interface ImapSite {
  readonly connections: ImapConnections;
  readonly folders: ImapFolders;
  readonly mailbox: ImapMailbox;
}

/** How many connections there may be, and how long is waited for one. */
export type PoolBounds = Pick<ImapConnectionsOptions, "maxConnections" | "waitMs">;

/** Opens the mailboxes of a Dovecot as its master user. */
export function imapSite(
  dovecot: Dovecot,
  options: ImapMailboxOptions = {},
  bounds: PoolBounds = {},
): ImapSite {
  const connections = new ImapConnections({
    host: dovecot.host,
    port: dovecot.imapPort,
    tls: "none",
    credentials: { kind: "master", ...masterUser },
    ...bounds,
  });
  const folders = new ImapFolders(connections);
  return { connections, folders, mailbox: new ImapMailbox(connections, folders, options) };
}

/** A small mail. */
export function plainMail(subject: string, text = subject): string {
  return [
    "From: Carol <carol@example.com>",
    "To: Alice <alice@example.com>",
    `Subject: ${subject}`,
    `Message-ID: <${Math.random().toString(36).slice(2)}@example.com>`,
    "Date: Mon, 02 Nov 2026 10:00:00 +0100",
    "",
    text,
    "",
  ].join("\r\n");
}

/** Stores a message as another IMAP client does; returns its UID. */
export async function store(
  client: ImapFlow,
  path: string,
  message: string | Buffer,
  details: { readonly flags?: readonly string[]; readonly dateMs?: number } = {},
): Promise<number> {
  const { flags = [], dateMs = Date.UTC(2026, 10, 2) } = details;
  const appended = await client.append(path, message, [...flags], new Date(dateMs));
  if (appended === false) throw new Error(`${path} did not take a message`);
  if (appended.uid !== undefined) return appended.uid;
  const status = await client.status(path, { uidNext: true });
  if (status === false || status.uidNext === undefined) throw new Error(`${path} has no status`);
  return status.uidNext - 1;
}

/** Fills a folder that is empty with many small mails. */
export async function fill(client: ImapFlow, path: string, count: number): Promise<void> {
  const first = Math.min(count, 100);
  for (let number = 1; number <= first; number += 1) {
    await store(client, path, plainMail(`Mail ${number}`), { dateMs: Date.UTC(2026, 9, 1, 0, number) });
  }
  await client.mailboxOpen(path);
  for (let stored = first; stored < count; ) {
    const more = Math.min(stored, count - stored);
    await client.messageCopy(`1:${more}`, path);
    await client.noop();
    stored += more;
  }
  await client.mailboxClose();
}
