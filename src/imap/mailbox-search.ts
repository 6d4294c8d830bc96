import type { MailboxSearch, MailboxSearchQuery } from "../mailbox/abilities/mail-search.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import type { ImapFolders } from "./imap-folders.js";
import { searchFolder, searchOf } from "./items-search.js";

/** Looks for mails in several folders, the newest first. */
export async function searchFolders(
  folders: ImapFolders,
  mailbox: MailboxRef,
  query: MailboxSearchQuery,
): ReturnType<MailboxSearch["search"]> {
  const search = searchOf(query.expression);
  if (search === undefined) return { kind: "too-complex" };
  const found: { readonly folder: string; readonly item: string; readonly dateMs: number }[] = [];
  let total = 0;
  // One after the other: a search takes the server's time, and a user's connections are few.
  for (const folder of query.folders) {
    const done = await folders.inFolder(
      mailbox,
      folder,
      (client, opened) => searchFolder(client, opened, search, query),
      { readOnly: true },
    );
    if (done.kind !== "done") continue;
    total += done.value.total;
    found.push(...done.value.items.map(({ id, dateMs = 0 }) => ({ folder, item: id, dateMs })));
  }
  found.sort((a, b) => b.dateMs - a.dateMs);
  const { first, limit } = query;
  const items = found.slice(first, first + limit).map(({ folder, item }) => ({ folder, item }));
  return { kind: "found", items, total };
}
