import type { ImapFlow, MailboxObject } from "imapflow";
import type { ChangePage } from "../mailbox/mailbox.js";
import { cursorOf, type FolderExtent, type FolderPosition } from "./changes-cursor.js";
import type { FolderUids } from "./changes-known-uids.js";
import { matchingUids } from "./changes-search.js";
import { countUids, highestUids, type UidRange, uidRangesOf, uidSetOf, uidsWithout } from "./changes-uids.js";
import { itemIdOf } from "./items-id.js";

type ChangesPosition = Extract<FolderPosition, { readonly kind: "changes" }>;

/** The extent of the selected folder, where the server does not tell what was removed; undefined where it does (RFC 7162, 3.2.6). */
export function extentOf(client: ImapFlow, { exists, uidNext }: MailboxObject): FolderExtent | undefined {
  return client.enabled.has("QRESYNC") ? undefined : { exists, uidNext };
}

/**
 * What was removed from the selected folder since a position, as a page of changes; undefined when nothing was, which the number of messages tells. What
 * was there is remembered, or the cursor has expired.
 */
export async function removedSince(
  client: ImapFlow,
  opened: MailboxObject,
  position: ChangesPosition,
  limit: number,
  uids: FolderUids,
): Promise<ChangePage | undefined> {
  const { extent } = position;
  if (extent === undefined) return { kind: "cursor-expired" };
  const arrived = await arrivedSince(client, opened, extent);
  const removedCount = extent.exists + countUids(arrived) - opened.exists;
  if (removedCount === 0) return undefined;
  const before = uids.recall(cursorOf(position));
  if (before === undefined) return { kind: "cursor-expired" };
  const removed = uidsWithout(before, await matchingUids(client, { all: true }));
  if (countUids(removed) !== removedCount) return { kind: "cursor-expired" };
  const told = highestUids(removed, Number.POSITIVE_INFINITY, limit);
  const next = { ...position, extent: { ...extent, exists: extent.exists - told.length } };
  uids.remember(cursorOf(next), uidsWithout(before, uidRangesOf(uidSetOf(told))));
  const { uidValidity } = opened;
  const changes = told.map((uid) => ({ kind: "gone", id: itemIdOf({ uidValidity, uid }) }) as const);
  return { kind: "page", changes, cursor: cursorOf(next), more: true };
}

/**
 * Remembers which messages the selected folder has now, for a position that a reader will come to.
 *
 * @param before where the reader comes from, with nothing removed since; undefined for a reader who begins.
 */
export async function rememberUids(
  client: ImapFlow,
  opened: MailboxObject,
  position: ChangesPosition,
  before: FolderPosition | undefined,
  uids: FolderUids,
): Promise<void> {
  if (position.extent === undefined) return;
  const known = before === undefined ? undefined : uids.recall(cursorOf(before));
  const present =
    known === undefined || before?.extent === undefined
      ? await matchingUids(client, { all: true })
      : [...known, ...(await arrivedSince(client, opened, before.extent))];
  uids.remember(cursorOf(position), present);
}

async function arrivedSince(
  client: ImapFlow,
  { uidNext }: MailboxObject,
  extent: FolderExtent,
): Promise<readonly UidRange[]> {
  if (uidNext <= extent.uidNext) return [];
  return await matchingUids(client, { uid: `${extent.uidNext}:${uidNext - 1}` });
}
