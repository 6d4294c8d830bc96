import type { ImapFlow, MailboxObject } from "imapflow";
import type { ChangePage, ChangeQuery, ItemChange } from "../mailbox/mailbox.js";
import { cursorOf, type FolderPosition, readCursor } from "./changes-cursor.js";
import type { FolderUids } from "./changes-known-uids.js";
import { datedPage, listedPage } from "./changes-listing.js";
import { extentOf, rememberUids, removedSince } from "./changes-removed.js";
import { matchingUids } from "./changes-search.js";
import { highestUids, type UidRange } from "./changes-uids.js";
import { isDeleted, itemStateOf } from "./flags.js";
import { itemIdOf } from "./items-id.js";
import { messageStateOf } from "./items-read.js";

/**
 * More vanished messages than a device would be told of one by one: a server that has forgotten what was removed since tells of every UID that is
 * not in use (RFC 7162, 3.2.10.1). Then the folder is compared as a whole.
 */
const maxVanished = 50_000;

type ChangesPosition = Extract<FolderPosition, { readonly kind: "changes" }>;

/**
 * Whether the selected folder can tell what changed in it since a modification sequence (RFC 7162). With QRESYNC it tells what was removed as
 * well; without, that is found out.
 */
export function hasModSequences(client: ImapFlow, opened: MailboxObject): boolean {
  const isKept = client.enabled.has("QRESYNC") || client.enabled.has("CONDSTORE");
  return isKept && opened.noModseq !== true && opened.highestModseq !== undefined;
}

/**
 * A page of changes of the selected folder, which has modification sequences and was selected just now.
 *
 * @param uids what is remembered of the folder: of use where the server does not tell what was removed.
 */
export async function changesByModSeq(
  client: ImapFlow,
  opened: MailboxObject,
  { cursor, sinceMs, limit }: ChangeQuery,
  uids: FolderUids,
): Promise<ChangePage> {
  const position = cursor === undefined ? beginning(client, opened) : readCursor(cursor);
  if (position === undefined || !isStillTrue(position, opened)) return { kind: "cursor-expired" };
  if (position.kind === "listing") {
    if (cursor === undefined) await rememberUids(client, opened, endOf(position), undefined, uids);
    return await listing(client, opened, position, { sinceMs, limit });
  }
  if (position.kind === "changes" && !client.enabled.has("QRESYNC")) {
    const removed = await removedSince(client, opened, position, limit, uids);
    if (removed !== undefined) return removed;
    await rememberUids(client, opened, presentState(client, opened), position, uids);
  }
  return await since(client, opened, position, limit);
}

function highestOf(opened: MailboxObject): bigint {
  return opened.highestModseq ?? 0n;
}

function beginning(client: ImapFlow, opened: MailboxObject): Extract<FolderPosition, { kind: "listing" }> {
  return { ...presentState(client, opened), kind: "listing", before: opened.uidNext };
}

/** Where a reader stands who has everything. */
function presentState(client: ImapFlow, opened: MailboxObject): ChangesPosition {
  const extent = extentOf(client, opened);
  const modSeq = highestOf(opened);
  return {
    kind: "changes",
    uidValidity: opened.uidValidity,
    modSeq,
    ...(extent !== undefined && { extent }),
  };
}

/** Where a reader stands who has read on to the end of what a position began. */
function endOf(position: FolderPosition): ChangesPosition {
  const { uidValidity, extent } = position;
  const modSeq = position.kind === "changes-from" ? position.toModSeq : position.modSeq;
  return { kind: "changes", uidValidity, modSeq, ...(extent !== undefined && { extent }) };
}

/** Whether something has happened since that a reader who stands here does not know. */
function isBehind({ modSeq, extent }: ChangesPosition, opened: MailboxObject): boolean {
  if (highestOf(opened) > modSeq) return true;
  return extent !== undefined && (extent.exists !== opened.exists || extent.uidNext !== opened.uidNext);
}

/** A folder that was made anew, or came back from a backup, has nothing to do with what was told of it. */
function isStillTrue(position: FolderPosition, opened: MailboxObject): boolean {
  return position.uidValidity === opened.uidValidity && endOf(position).modSeq <= highestOf(opened);
}

async function listing(
  client: ImapFlow,
  opened: MailboxObject,
  position: Extract<FolderPosition, { readonly kind: "listing" }>,
  { sinceMs, limit }: { readonly sinceMs: number | undefined; readonly limit: number },
): Promise<ChangePage> {
  const page =
    sinceMs === undefined
      ? await listedPage(client, opened, position.before, limit)
      : await datedPage(
          client,
          opened,
          { fromMs: sinceMs, beforeMs: undefined },
          { before: position.before, limit },
        );
  const { items: changes, before, more } = page;
  if (more) return { kind: "page", changes, cursor: cursorOf({ ...position, before }), more };
  // What changed since the listing began is told by the changes that follow it.
  const end = endOf(position);
  return { kind: "page", changes, cursor: cursorOf(end), more: isBehind(end, opened) };
}

async function since(
  client: ImapFlow,
  opened: MailboxObject,
  position: Exclude<FolderPosition, { readonly kind: "listing" }>,
  limit: number,
): Promise<ChangePage> {
  const { modSeq } = position;
  const isContinued = position.kind === "changes-from";
  const to = isContinued ? endOf(position) : presentState(client, opened);
  const { modSeq: toModSeq } = to;
  const end: ChangePage = { kind: "page", changes: [], cursor: cursorOf(to), more: isBehind(to, opened) };
  if (toModSeq === modSeq) return end;
  const before = isContinued ? position.before : opened.uidNext;
  if (before <= 1) return end;
  const changed = await matchingUids(client, { uid: `1:${before - 1}`, modseq: modSeq + 1n });
  const highest = highestUids(changed, before, limit);
  const lowest = highest.length < limit ? 1 : (highest.at(-1) ?? 1);
  const found = await changesWithin(client, opened, { first: lowest, last: before - 1 }, modSeq);
  if (found === "too-many") return { kind: "cursor-expired" };
  const told = found.slice(0, limit);
  const changes = told.map(({ change }) => change);
  const isAll = told.length === found.length;
  if (isAll && lowest === 1) return { ...end, changes };
  const next = isAll ? lowest : (told.at(-1)?.uid ?? lowest);
  const cursor = cursorOf({ ...to, kind: "changes-from", modSeq, toModSeq, before: next });
  return { kind: "page", changes, cursor, more: true };
}

interface UidChange {
  readonly uid: number;
  readonly change: ItemChange;
}

/** What of some UIDs was changed or removed since, the highest UID first. */
async function changesWithin(
  client: ImapFlow,
  { uidValidity }: MailboxObject,
  { first, last }: UidRange,
  modSeq: bigint,
): Promise<readonly UidChange[] | "too-many"> {
  const vanished = new Set<number>();
  const hear = ({ uid }: { readonly uid?: number | undefined }): void => {
    if (uid === undefined || uid < first || uid > last) return;
    if (vanished.size <= maxVanished) vanished.add(uid);
  };
  client.on("expunge", hear);
  let messages: Awaited<ReturnType<ImapFlow["fetchAll"]>>;
  try {
    const query = { uid: true, flags: true, internalDate: true };
    const options = { uid: true, changedSince: modSeq > 0n ? modSeq : 1n };
    messages = await client.fetchAll(`${first}:${last}`, query, options);
  } finally {
    client.off("expunge", hear);
  }
  if (vanished.size > maxVanished) return "too-many";
  const found = new Map<number, ItemChange>();
  for (const uid of vanished) found.set(uid, { kind: "gone", id: itemIdOf({ uidValidity, uid }) });
  for (const message of messages) {
    const state = messageStateOf(message);
    const id = itemIdOf({ uidValidity, uid: message.uid });
    const isWanted = message.uid >= first && message.uid <= last && !vanished.has(message.uid);
    if (state === undefined || !isWanted) continue;
    // Marked as deleted by some program: to devices it is gone.
    if (isDeleted(state.flags)) found.set(message.uid, { kind: "gone", id });
    else found.set(message.uid, { kind: "present", id, ...itemStateOf(state) });
  }
  return [...found].map(([uid, change]) => ({ uid, change })).sort((a, b) => b.uid - a.uid);
}
