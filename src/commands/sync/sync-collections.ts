import type { MailboxFolder } from "../../mailbox/folder.js";
import { initialSyncKey } from "../../protocol/sync-key.js";
import type { CommandContext } from "../command.js";
import type { CompleteRequest } from "./cached-request.js";
import type { CollectionReply } from "./reply.js";
import type { CollectionRequest } from "./request.js";
import { SyncStatus } from "./status.js";
import { syncCollection } from "./sync-collection.js";

/**
 * Syncs the collections of a request in its order, under one limit for all. A collection that fails does not fail the others; what there was
 * no room for is left for the next request.
 *
 * @throws when the mailbox or the store failed for every collection: then nothing of the request is answered.
 */
export async function syncCollections(
  request: CompleteRequest,
  folders: () => Promise<readonly MailboxFolder[]>,
  context: CommandContext,
): Promise<readonly CollectionReply[]> {
  const deadlineMs = context.clock.monotonicNow() + context.options.syncTimeBudgetMs;
  const replies: CollectionReply[] = [];
  const errors: unknown[] = [];
  let room = request.windowSize ?? Number.POSITIVE_INFINITY;
  for (const collection of request.collections) {
    if (room <= 0 && !mustRun(collection)) {
      replies.push(untouched(collection));
      continue;
    }
    const limits = { windowSize: Math.min(collection.windowSize, Math.max(0, room)), deadlineMs };
    try {
      const synced = await syncCollection(collection, { context, limits, folders });
      room -= synced.sentItems;
      replies.push(synced.reply);
    } catch (error) {
      errors.push(error);
      const { collectionId, syncKey } = collection;
      replies.push({ kind: "failed", collectionId, syncKey, status: SyncStatus.Retry });
    }
  }
  if (errors.length > 0 && errors.length === replies.length) throw errors[0];
  return replies;
}

function mustRun({ commands, syncKey }: CollectionRequest): boolean {
  return commands.length > 0 || syncKey === initialSyncKey;
}

/** The reply of a collection that has nothing to say, or no room to say it. */
export function untouched({ collectionId, syncKey }: CollectionRequest): CollectionReply {
  return {
    kind: "synced",
    collectionId,
    syncKey,
    isQuiet: true,
    replay: false,
    moreAvailable: false,
    responses: [],
    commands: [],
  };
}

/** The mailbox's folders, asked for when they are first needed. */
export function foldersOnce({
  mailbox,
  mailboxRef,
}: CommandContext): () => Promise<readonly MailboxFolder[]> {
  let folders: Promise<readonly MailboxFolder[]> | undefined;
  return () => {
    folders ??= mailbox.folders(mailboxRef);
    return folders;
  };
}
