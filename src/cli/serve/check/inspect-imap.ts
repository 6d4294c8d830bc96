import type { ImapConnections, ImapFolders } from "../../../imap/index.js";
import type { MailboxRef } from "../../../push/mailbox-change-source.js";
import type { MailSettings } from "../settings.js";
import type { Finding } from "./finding.js";

type Extension = readonly [name: string, good: string, without: string];

const idle: Extension = ["IDLE", "changes are told at once", "changes are found by asking"];

/** How changes are told, by what `--watch` says. */
const ways: Readonly<Record<MailSettings["watch"], readonly Extension[]>> = {
  auto: [
    [
      "NOTIFY",
      "one connection watches all folders",
      "the inbox is watched, the other folders are asked about",
    ],
    idle,
  ],
  idle: [["IDLE", "the inbox is watched, the other folders are asked about", "changes are found by asking"]],
  poll: [],
};

/** What servers can do that phones profit from, and what becomes of it where they cannot. */
const extensions: readonly Extension[] = [
  [
    "QRESYNC",
    "what changed is told, however large a folder is",
    "folders are compared to find what was deleted",
  ],
  ["CONDSTORE", "changed flags are told", "folders are compared to find changed flags"],
  ["MOVE", "mails are moved in one step", "mails are moved by copying"],
  ["SPECIAL-USE", "the server says which folder is for sent mail", "folders are told by their names"],
];

const wanted = { sent: "sent mail", drafts: "drafts", deleted: "deleted mail" } as const;

/** Looks at an IMAP server, as a user. */
export async function inspectImap(
  connections: ImapConnections,
  folders: ImapFolders,
  mailbox: MailboxRef,
  watch: MailSettings["watch"],
): Promise<readonly Finding[]> {
  const has = await connections.use(mailbox, async (client) => new Set(client.capabilities.keys()));
  const found = [...ways[watch], ...extensions].map(([name, good, without]) => ({
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
