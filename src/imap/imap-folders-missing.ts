import createDebug from "debug";
import type { ImapFlow } from "imapflow";
import { atom, runCommand } from "./imap-connections-command.js";
import { isAnswered } from "./imap-connections-failure.js";
import type { ImapFolderListing } from "./imap-folders-listing.js";

const log = createDebug("direct-push:imap");

/** What every phone expects, and what of the server's it is. */
const wanted = [
  { kind: "sent", name: "Sent", use: "\\Sent" },
  { kind: "drafts", name: "Drafts", use: "\\Drafts" },
  { kind: "deleted", name: "Trash", use: "\\Trash" },
] as const;

/**
 * Makes the folders that every phone expects: without one for deleted mail, what a user deletes is gone at once. With CREATE-SPECIAL-USE (RFC 6154)
 * the server is told what they are for; elsewhere their names say it.
 *
 * @returns whether one was made.
 */
export async function makeMissingFolders(
  client: ImapFlow,
  { folders, prefix }: ImapFolderListing,
): Promise<boolean> {
  let hasMade = false;
  for (const { kind, name, use } of wanted) {
    const path = `${prefix}${name}`;
    if (folders.some((folder) => folder.kind === kind || folder.path === path)) continue;
    try {
      if (client.capabilities.has("CREATE-SPECIAL-USE")) {
        await runCommand(client, "CREATE", [path, [atom("USE"), [atom(use)]]]);
        await client.mailboxSubscribe(path);
      } else await client.mailboxCreate(path);
      hasMade = true;
    } catch (error) {
      if (!isAnswered(error)) throw error;
      log("%s cannot be made: %O", path, error);
    }
  }
  return hasMade;
}
