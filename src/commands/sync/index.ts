import type { MailboxFolder } from "../../mailbox/folder.js";
import { isAtLeast } from "../../protocol/version.js";
import { type HierarchyGeneration, latestGeneration, readHierarchy } from "../../state/hierarchy-record.js";
import { AirSync } from "../../wbxml/index.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import {
  type CachedRequest,
  type CompleteRequest,
  completeRequest,
  nextCachedRequest,
  readCachedRequest,
  writeCachedRequest,
} from "./cached-request.js";
import { hasProtocolError } from "./check-collections.js";
import { decodeSync } from "./decode-request.js";
import { decideInterval, holdSync } from "./hanging-sync.js";
import { type CollectionReply, encodeFailedSync, encodeSync, type FailedSync } from "./reply.js";
import type { SyncRequest } from "./request.js";
import { SyncStatus } from "./status.js";
import { syncCollections } from "./sync-collections.js";

/** Within this time a second request without a body, that waits for nothing and gets nothing, is told to say what it wants. */
const emptyAnswerPauseMs = 5_000;

/** What is known of a request by the time that its collections are synced. */
interface RunningSync {
  readonly request: CompleteRequest;
  readonly received: CommandRequest;
  readonly tree: HierarchyGeneration;
  readonly cached: CachedRequest | undefined;
  /** Undefined: it does not wait. */
  readonly answerAfterSeconds: number | undefined;
  readonly context: CommandContext;
}

/** Sync ([MS-ASCMD] 2.2.1.21): items in both directions, at once or when there is something. */
export const sync: Command = {
  name: "Sync",
  rootTag: AirSync.Sync,
  statusTag: AirSync.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: false,
  run,
};

async function run(received: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const request = decodeSync(received.document, context.device.version);
  if (request.kind === "refused") return failed(request);
  try {
    return await prepare(request, received, context);
  } catch (error) {
    return { kind: "unavailable", error };
  }
}

async function prepare(
  sent: Exclude<SyncRequest, { kind: "refused" }>,
  received: CommandRequest,
  context: CommandContext,
): Promise<CommandOutcome> {
  const { device, options, state } = context;
  const hierarchy = await readHierarchy(state, device.user, device.id);
  if (hierarchy === undefined) return failed({ status: SyncStatus.HierarchyChanged });
  const cached = sent.kind === "full" ? undefined : await readCachedRequest(context);
  const request = completeRequest(sent, cached);
  if (request === undefined) return failed({ status: SyncStatus.RequestIncomplete });
  const interval = request.interval && decideInterval(request.interval, received, context);
  if (interval?.kind === "refused")
    return failed({ status: SyncStatus.IntervalOutOfRange, limit: interval.limit });
  const limit = options.maxSyncCollections;
  if (request.collections.length > limit) return failed({ status: SyncStatus.TooManyCollections, limit });
  const folders = foldersOnce(context);
  if (await hasProtocolError(request.collections, folders, context)) {
    return failed({ status: SyncStatus.ProtocolError });
  }
  const running: RunningSync = {
    request,
    received,
    tree: latestGeneration(hierarchy),
    cached,
    answerAfterSeconds: interval?.answerAfterSeconds,
    context,
  };
  return answerOrHold(running, await syncCollections(request, folders, context));
}

async function answerOrHold(
  running: RunningSync,
  replies: readonly CollectionReply[],
): Promise<CommandOutcome> {
  const { request, received, tree, answerAfterSeconds, context } = running;
  if (answerAfterSeconds === undefined || !replies.every(isQuiet)) return answer(running, replies);
  await writeCachedRequest(context, nextCachedRequest(request, replies, undefined));
  return holdSync(
    {
      request,
      received,
      tree,
      answerAfterSeconds,
      answer: () => answerAfterHold(running),
      answerNothing: () => nothing(replies, context),
    },
    context,
  );
}

async function answerAfterHold(running: RunningSync): Promise<CommandOutcome> {
  const { request, context } = running;
  try {
    const replies = await syncCollections(request, foldersOnce(context), context);
    // The key was confirmed and replaced by another request of the device: this one is not waited for any more.
    const isOvertaken = replies.some(
      (reply) => reply.kind === "failed" && reply.status === SyncStatus.InvalidSyncKey,
    );
    return isOvertaken ? { kind: "empty" } : await answer(running, replies);
  } catch {
    return failed({ status: SyncStatus.Retry });
  }
}

async function answer(running: RunningSync, replies: readonly CollectionReply[]): Promise<CommandOutcome> {
  const { request, cached, answerAfterSeconds, context } = running;
  const { device, clock } = context;
  const isNothing = replies.every(isQuiet);
  const nowMs = clock.now();
  if (isNothing && request.isEmpty && answerAfterSeconds === undefined) {
    const sinceMs = Math.abs(nowMs - (cached?.emptyAnswerAtMs ?? Number.NEGATIVE_INFINITY));
    if (sinceMs < emptyAnswerPauseMs) return failed({ status: SyncStatus.RequestIncomplete });
    await writeCachedRequest(context, nextCachedRequest(request, replies, nowMs));
  } else {
    await writeCachedRequest(context, nextCachedRequest(request, replies, undefined));
  }
  if (isNothing) return nothing(replies, context);
  // From 14.0 on, what has nothing to say is left out ([MS-ASCMD] 2.2.1.21.2).
  const told = isAtLeast(device.version, "14.0") ? replies.filter((reply) => !isQuiet(reply)) : replies;
  return { kind: "document", document: encodeSync(told) };
}

function nothing(replies: readonly CollectionReply[], { device, options }: CommandContext): CommandOutcome {
  if (options.emptySyncResponse(device.userAgent)) return { kind: "empty" };
  return { kind: "document", document: encodeSync(replies) };
}

function isQuiet(reply: CollectionReply): boolean {
  return reply.kind === "synced" && reply.isQuiet;
}

function failed(failure: FailedSync): CommandOutcome {
  return { kind: "document", document: encodeFailedSync(failure) };
}

function foldersOnce({ mailbox, mailboxRef }: CommandContext): () => Promise<readonly MailboxFolder[]> {
  let folders: Promise<readonly MailboxFolder[]> | undefined;
  return () => {
    folders ??= mailbox.folders(mailboxRef);
    return folders;
  };
}
