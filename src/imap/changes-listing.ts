import type { FetchMessageObject, ImapFlow, MailboxObject, SearchObject } from "imapflow";
import type { ItemChange } from "../mailbox/mailbox.js";
import { countMatching, matchingUids } from "./changes-search.js";
import { highestUids, uidSetOf } from "./changes-uids.js";
import { isDeleted, itemStateOf } from "./flags.js";
import { itemIdOf } from "./items-id.js";
import { messageStateOf } from "./items-read.js";

/** Messages in the order of their UIDs, the newest first. */
export interface ListedPage {
  /** Those that are marked as deleted are left out. */
  readonly items: readonly PresentItem[];
  /** What is left has lower UIDs than this. */
  readonly before: number;
  readonly more: boolean;
}

/** A line of a list. */
export type PresentItem = Extract<ItemChange, { readonly kind: "present" }>;

const dayMs = 86_400_000;
const stateQuery = { uid: true, flags: true, internalDate: true } as const;

/**
 * A page of the selected folder: of the messages below a UID, those with the highest. What it costs does not grow with the folder where the server has
 * ESEARCH.
 */
export async function listedPage(
  client: ImapFlow,
  opened: MailboxObject,
  before: number,
  limit: number,
): Promise<ListedPage> {
  if (before <= 1) return { items: [], before: 1, more: false };
  const isAll = before >= opened.uidNext;
  // Sequence numbers stand in the order of the UIDs: that of the last message is how many there are.
  const count = isAll ? opened.exists : await countMatching(client, { uid: `1:${before - 1}` });
  if (count === 0) return { items: [], before: 1, more: false };
  const first = Math.max(1, count - limit + 1);
  const messages = await client.fetchAll(`${first}:${count}`, stateQuery);
  const below = messages.filter(({ uid }) => uid < before);
  return {
    items: presentItems(opened.uidValidity, below),
    before: Math.min(before - 1, ...below.map(({ uid }) => uid)),
    more: first > 1,
  };
}

/** The same of the messages alone that came within some time. */
export async function datedPage(
  client: ImapFlow,
  opened: MailboxObject,
  range: { readonly fromMs: number | undefined; readonly beforeMs: number | undefined },
  page: { readonly before: number; readonly limit: number },
): Promise<ListedPage> {
  const { before, limit } = page;
  if (before <= 1) return { items: [], before: 1, more: false };
  const found = await matchingUids(client, { uid: `1:${before - 1}`, ...searchOfDates(range) });
  const uids = highestUids(found, before, limit + 1);
  const more = uids.length > limit;
  const wanted = uids.slice(0, limit);
  const lowest = wanted.at(-1);
  if (lowest === undefined) return { items: [], before: 1, more: false };
  const messages = await client.fetchAll(uidSetOf(wanted), stateQuery, { uid: true });
  const items = presentItems(opened.uidValidity, messages).filter(({ dateMs = 0 }) =>
    isWithin(dateMs, range),
  );
  return { items, before: lowest, more };
}

/** Some messages of the selected folder, the newest first; those that are not there any more are left out. */
export async function itemsByUid(
  client: ImapFlow,
  opened: MailboxObject,
  uids: readonly number[],
): Promise<readonly PresentItem[]> {
  if (uids.length === 0) return [];
  return presentItems(opened.uidValidity, await client.fetchAll(uidSetOf(uids), stateQuery, { uid: true }));
}

/** Messages as lines of a list, the newest first; those that are marked as deleted are left out. */
export function presentItems(uidValidity: bigint, messages: readonly FetchMessageObject[]): PresentItem[] {
  const newestFirst = [...messages].sort((a, b) => b.uid - a.uid);
  return newestFirst.flatMap((message): PresentItem[] => {
    const state = messageStateOf(message);
    if (state === undefined || isDeleted(state.flags)) return [];
    return [{ kind: "present", id: itemIdOf({ uidValidity, uid: message.uid }), ...itemStateOf(state) }];
  });
}

/**
 * A search for messages that came within some time, and perhaps some more: dates of a search are days in a time zone that the server alone knows
 * (RFC 9051, 6.4.4).
 */
export function searchOfDates(range: {
  readonly fromMs: number | undefined;
  readonly beforeMs: number | undefined;
}): Pick<SearchObject, "since" | "before"> {
  const { fromMs, beforeMs } = range;
  return {
    ...(fromMs !== undefined && { since: new Date(Math.max(0, fromMs - 2 * dayMs)) }),
    ...(beforeMs !== undefined && { before: new Date(beforeMs + 2 * dayMs) }),
  };
}

function isWithin(
  dateMs: number,
  range: { readonly fromMs: number | undefined; readonly beforeMs: number | undefined },
): boolean {
  const { fromMs = Number.NEGATIVE_INFINITY, beforeMs = Number.POSITIVE_INFINITY } = range;
  return dateMs >= fromMs && dateMs < beforeMs;
}
