import type { ItemVersion } from "../../mailbox/mailbox.js";
import { concurrentMap } from "../../state/concurrent-map.js";
import { knownItem } from "../../sync-state/known-version.js";
import type { CommandContext } from "../command.js";
import type { CollectionWork } from "./collection-work.js";
import type { ServerChanges } from "./server-changes.js";

const maxConcurrentCalls = 8;
/** Changes since the look that are gone through; a Sync takes no longer than others need for so many. */
const maxChangesSince = 512;

/**
 * The changes as the device will have them when others marked a mail between the look at the folder and the reading of the mail: it was sent
 * as it is since, and flags may go back to what they were. Which flags the device has of such a mail is noted as not known.
 *
 * @param marker the folder's marker from before the look; undefined when it is not known.
 * @throws what the mailbox throws.
 */
export async function withOvertakenItems(
  changes: ServerChanges,
  marker: string | undefined,
  { context, collection, session }: CollectionWork,
): Promise<ServerChanges> {
  const { mailbox, mailboxRef, source } = context;
  const { collectionId } = collection;
  const told = changes.decisions.flatMap((decision) => ("version" in decision ? [decision] : []));
  // Other items have no flags: a version that was overtaken never comes back.
  if (session.itemClass !== "Email" || told.length === 0) return changes;
  const present = await source.marker(mailboxRef, collectionId).catch(() => undefined);
  if (present !== undefined && present === marker) return changes;
  const delta = new Map(changes.delta);
  const touched = await touchedSince(changes.position.cursor, collectionId, context);
  await concurrentMap(told, maxConcurrentCalls, async ({ id, version }) => {
    const now = await mailbox.itemVersion(mailboxRef, collectionId, id);
    // Marked and marked back, it is the same now, and may have been read in between.
    if (now !== undefined && (touched.has(id) || !isSame(now, version)))
      delta.set(id, knownItem({ version: version.version }));
  });
  return { ...changes, delta };
}

/** The items that were changed since the look at the folder, as far as the mailbox remembers. */
async function touchedSince(
  cursor: string | undefined,
  collectionId: string,
  { mailbox, mailboxRef }: CommandContext,
): Promise<ReadonlySet<string>> {
  if (cursor === undefined) return new Set();
  const query = { cursor, sinceMs: undefined, limit: maxChangesSince };
  const page = await mailbox.changes(mailboxRef, collectionId, query);
  return new Set(page.kind === "page" ? page.changes.map(({ id }) => id) : []);
}

function isSame(one: ItemVersion, other: ItemVersion): boolean {
  return JSON.stringify(knownItem(one)) === JSON.stringify(knownItem(other));
}
