import type { ImapFlow, MailboxObject, SearchObject } from "imapflow";
import type { MailboxSearchQuery, SearchExpression } from "../mailbox/abilities/mail-search.js";
import { conversationIdOfHeaders } from "../mime/mail-of-parts.js";
import { itemsByUid, type PresentItem, searchOfDates } from "./changes-listing.js";
import { matchingUids } from "./changes-search.js";
import { highestUids, uidSetOf } from "./changes-uids.js";

/** More parts than any search has that somebody typed. */
const maxParts = 64;
/** How many of the newest mails of a folder are looked through for those of a conversation: IMAP cannot search for one. */
const maxConversationMails = 5_000;
const threadHeaders = ["Message-ID", "In-Reply-To", "References"];

/** What a folder has of a search. */
export interface FolderMatches {
  /** The newest first: as many as were wanted. */
  readonly items: readonly PresentItem[];
  readonly total: number;
}

/**
 * The search of an expression; undefined when there is nothing in it to look for, or too much. IMAP finds a text anywhere in a word (RFC 9051,
 * 6.4.4).
 */
export function searchOf(expression: SearchExpression | undefined): SearchObject | undefined {
  if (expression === undefined) return {};
  if (countParts(expression) > maxParts) return undefined;
  return compiled(expression);
}

/** Looks through the selected folder. */
export async function searchFolder(
  client: ImapFlow,
  opened: MailboxObject,
  search: SearchObject,
  query: MailboxSearchQuery,
): Promise<FolderMatches> {
  const { afterMs, beforeMs, conversationId, first, limit } = query;
  const dates = searchOfDates({ fromMs: afterMs, beforeMs });
  const found = await matchingUids(client, { ...search, ...dates, deleted: false });
  const wanted = first + limit;
  const candidates = highestUids(
    found,
    Infinity,
    conversationId === undefined ? Infinity : maxConversationMails,
  );
  const uids =
    conversationId === undefined ? candidates : await inConversation(client, candidates, conversationId);
  const isDated = afterMs !== undefined || beforeMs !== undefined;
  // Those at the ends of the time may lie beyond it by some hours.
  const taken = isDated ? uids : uids.slice(0, wanted);
  const items: PresentItem[] = [];
  let outside = 0;
  for (let at = 0; at < taken.length && items.length < wanted; at += wanted) {
    const page = await itemsByUid(client, opened, taken.slice(at, at + wanted));
    const within = page.filter((item) => isWithin(item, query));
    outside += page.length - within.length;
    items.push(...within);
  }
  return { items: items.slice(0, wanted), total: uids.length - outside };
}

function isWithin({ dateMs = 0 }: PresentItem, { afterMs, beforeMs }: MailboxSearchQuery): boolean {
  return (afterMs === undefined || dateMs > afterMs) && (beforeMs === undefined || dateMs < beforeMs);
}

async function inConversation(
  client: ImapFlow,
  uids: readonly number[],
  conversationId: Uint8Array,
): Promise<number[]> {
  if (uids.length === 0) return [];
  const query = { uid: true, headers: threadHeaders };
  const members: number[] = [];
  for await (const message of client.fetch(uidSetOf(uids), query, { uid: true })) {
    const own = await conversationIdOfHeaders(message.headers ?? new Uint8Array(0));
    if (own !== undefined && Buffer.from(own).equals(conversationId)) members.push(message.uid);
  }
  return members.sort((a, b) => b - a);
}

function countParts(expression: SearchExpression): number {
  if (expression.kind === "text") return 1;
  const parts = expression.kind === "not" ? [expression.of] : expression.of;
  let count = 1;
  for (const part of parts) {
    count += countParts(part);
    if (count > maxParts) break;
  }
  return count;
}

/** Undefined for a part that matches nothing that could be looked for. */
function compiled(expression: SearchExpression): SearchObject | undefined {
  if (expression.kind === "text") return textSearch(expression);
  if (expression.kind === "not") {
    const inner = compiled(expression.of);
    return inner === undefined ? undefined : { not: inner };
  }
  const parts = expression.of.map(compiled);
  const usable = parts.filter((part): part is SearchObject => part !== undefined);
  const [only, ...others] = usable;
  if (only === undefined || usable.length < parts.length) return undefined;
  if (others.length === 0) return only;
  // One key may stand in a group once: what holds for all is what no part is missing of.
  return expression.kind === "any" ? { or: usable } : { not: { or: usable.map((part) => ({ not: part })) } };
}

function textSearch({
  text,
  in: field,
}: Extract<SearchExpression, { readonly kind: "text" }>): SearchObject | undefined {
  const words = text.replaceAll(/[\r\n\0\t ]+/g, " ").trim();
  if (words === "") return undefined;
  if (field === undefined) return { text: words };
  if (field !== "participants") return { [field]: words };
  return { or: [{ from: words }, { to: words }, { cc: words }, { bcc: words }] };
}
