import { isAtLeast } from "../../protocol/version.js";
import type { CommandContext, CommandOutcome } from "../command.js";
import {
  type CompleteRequest,
  nextCachedRequest,
  type StoredCachedRequest,
  writeCachedRequest,
} from "./cached-request.js";
import { type CollectionReply, encodeFailedSync, encodeSync, type FailedSync } from "./reply.js";
import { SyncStatus } from "./status.js";

/** Within this time a second request without a body, that waits for nothing and gets nothing, is told to say what it wants. */
const emptyAnswerPauseMs = 5_000;

/** What a Sync is answered by, beside what became of its collections. */
export interface SyncAnswering {
  readonly request: CompleteRequest;
  /** What was remembered when this request came. */
  readonly cached: StoredCachedRequest;
  /** Whether it asked to be held until there is something. */
  readonly isWaiting: boolean;
}

/** Answers a Sync, and remembers it for requests that leave something out. Throws what the store throws. */
export async function answerSync(
  { request, cached, isWaiting }: SyncAnswering,
  replies: readonly CollectionReply[],
  context: CommandContext,
): Promise<CommandOutcome> {
  const { device, clock } = context;
  const isNothing = replies.every(isQuiet);
  const isIdle = isNothing && request.isEmpty && !isWaiting;
  const nowMs = clock.now();
  if (isIdle) {
    const sinceMs = Math.abs(nowMs - (cached.request?.emptyAnswerAtMs ?? Number.NEGATIVE_INFINITY));
    if (sinceMs < emptyAnswerPauseMs) return failedSync({ status: SyncStatus.RequestIncomplete });
  }
  await writeCachedRequest(context, cached, nextCachedRequest(request, replies, isIdle ? nowMs : undefined));
  if (isNothing) return nothingToSay(replies, context);
  // From 14.0 on, what has nothing to say is left out ([MS-ASCMD] 2.2.1.21.2).
  const told = isAtLeast(device.version, "14.0") ? replies.filter((reply) => !isQuiet(reply)) : replies;
  return { kind: "document", document: encodeSync(told) };
}

/** Says that there is nothing, in the way that the device can read. */
export function nothingToSay(
  replies: readonly CollectionReply[],
  { device, options }: CommandContext,
): CommandOutcome {
  if (options.emptySyncResponse(device.userAgent)) return { kind: "empty" };
  return { kind: "document", document: encodeSync(replies) };
}

/** Whether nothing was sent or taken. */
export function isQuiet(reply: CollectionReply): boolean {
  return reply.kind === "synced" && reply.isQuiet;
}

/** The answer to a request that failed as a whole. */
export function failedSync(failure: FailedSync): CommandOutcome {
  return { kind: "document", document: encodeFailedSync(failure) };
}
