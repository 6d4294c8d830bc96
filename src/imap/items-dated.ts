import type { ImapFlow, MailboxObject } from "imapflow";
import type { DatedPage, DatedQuery } from "../mailbox/mailbox.js";
import { datedPage } from "./changes-listing.js";

/** A page of the mails of the selected folder that came within some time. */
export async function datedItems(
  client: ImapFlow,
  opened: MailboxObject,
  { fromMs, beforeMs, cursor, limit }: DatedQuery,
): Promise<DatedPage> {
  const before = beforeOf(opened, cursor);
  // A folder that was made anew since the last page has nothing that belongs to it.
  if (before === undefined) return { items: [], cursor: "", more: false };
  const page = await datedPage(client, opened, { fromMs, beforeMs }, { before, limit });
  return { items: page.items, cursor: `${opened.uidValidity}:${page.before}`, more: page.more };
}

function beforeOf({ uidValidity, uidNext }: MailboxObject, cursor: string | undefined): number | undefined {
  if (cursor === undefined) return uidNext;
  const [, validity, before] = /^(\d{1,10}):(\d{1,10})$/.exec(cursor) ?? [];
  return before !== undefined && validity === String(uidValidity) ? Number(before) : undefined;
}
