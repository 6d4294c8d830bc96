import type { ImapConnections, ImapFolders } from "../../../imap/index.js";
import type { MailboxRef } from "../../../push/mailbox-change-source.js";
import type { Finding } from "./finding.js";

/** What servers can do that phones profit from, and what becomes of it where they cannot. */
const extensions = [
  ["NOTIFY", "one connection watches all folders", "the inbox is watched, the other folders are asked about"],
  ["IDLE", "changes are told at once", "changes are found by asking"],
  [
    "QRESYNC",
    "what changed is told, however large a folder is",
    "folders are compared to find what was deleted",
  ],
  ["CONDSTORE", "changed flags are told", "folders are compared to find changed flags"],
  ["MOVE", "mails are moved in one step", "mails are moved by copying"],
  ["SPECIAL-USE", "the server says which folder is for sent mail", "folders are told by their names"],
] as const;

const wanted = { sent: "sent mail", drafts: "drafts", deleted: "deleted mail" } as const;

/** Looks at an IMAP server, as a user. */
export async function inspectImap(
  connections: ImapConnections,
  folders: ImapFolders,
  mailbox: MailboxRef,
): Promise<readonly Finding[]> {
  const has = await connections.use(mailbox, async (client) => new Set(client.capabilities.keys()));
  const found = extensions.map(([name, good, without]) => ({
    isWell: true,
    text: `${name}: ${has.has(name) ? good : `missing, so ${without}`}`,
  }));
  const list = await folders.folders(mailbox);
  const missing = Object.entries(wanted)
    .filter(([kind]) => !list.some((folder) => folder.kind === kind))
    .map(([, name]) => name);
  const lacking = missing.length === 0 ? "" : `, none for ${missing.join(" and ")}`;
  return [...found, { isWell: list.length > 0, text: `${list.length} folders${lacking}` }];
}
