import type { MailboxFolder } from "../../mailbox/folder.js";
import { initialSyncKey } from "../../protocol/sync-key.js";
import type { CommandContext } from "../command.js";
import { isUnavailable } from "../unavailable.js";
import type { CompleteRequest } from "./cached-request.js";
import type { EarlyState } from "./early-state.js";
import type { CollectionReply } from "./reply.js";
import type { CollectionRequest } from "./request.js";
import { statusOfFailure } from "./status-of-failure.js";
import { syncCollection } from "./sync-collection.js";

interface Failure {
  readonly kind: "threw";
  readonly collection: CollectionRequest;
  readonly error: unknown;
}

/**
 * Syncs the collections of a request in its order, under one limit for all. A collection that fails does not fail the others; what there was
 * no room or time for is left for the next request.
 *
 * @param early records that are being read already.
 * @throws when the mailbox or the store cannot be reached for any collection: then nothing of the request is answered.
 */
export async function syncCollections(
  request: CompleteRequest,
  folders: () => Promise<readonly MailboxFolder[]>,
  context: CommandContext,
  early: EarlyState["collections"] = new Map(),
): Promise<readonly CollectionReply[]> {
  const { clock, options } = context;
  const deadlineMs = clock.monotonicNow() + options.syncTimeBudgetMs;
  const results: (CollectionReply | Failure)[] = [];
  let room = request.windowSize ?? Number.POSITIVE_INFINITY;
  for (const collection of request.collections) {
    // Time alone leaves nothing out before the device gets something: where all is slow, it would never get on.
    const isLate = clock.monotonicNow() >= deadlineMs && results.some(isWorthAnswer);
    if ((room <= 0 || isLate) && !mustRun(collection)) {
      results.push(untouched(collection));
      continue;
    }
    const limits = { windowSize: Math.min(collection.windowSize, Math.max(0, room)), deadlineMs };
    try {
      const synced = await syncCollection(collection, { context, limits, folders, early });
      room -= synced.sentItems;
      results.push(synced.reply);
    } catch (error) {
      results.push({ kind: "threw", collection, error });
    }
  }
  const [first] = results;
  const isOut = results.every((result) => result.kind === "threw" && isUnavailable(result.error));
  if (isOut && first?.kind === "threw") throw first.error;
  return results.map((result) => (result.kind === "threw" ? failedReply(result, context) : result));
}

function isWorthAnswer(result: CollectionReply | Failure): boolean {
  return result.kind === "synced" && !result.isQuiet;
}

function failedReply({ collection, error }: Failure, context: CommandContext): CollectionReply {
  const { collectionId, syncKey } = collection;
  return { kind: "failed", collectionId, syncKey, status: statusOfFailure(error, context) };
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
