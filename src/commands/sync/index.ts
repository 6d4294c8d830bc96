import { latestGeneration } from "../../state/hierarchy-record.js";
import { AirSync } from "../../wbxml/index.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { isUnavailable } from "../unavailable.js";
import { answerSync, failedSync, isQuiet } from "./answer-sync.js";
import { completeRequest, nextCachedRequest, writeCachedRequest } from "./cached-request.js";
import { hasProtocolError } from "./check-collections.js";
import { decodeSync } from "./decode-request.js";
import { earlyState, readEarly } from "./early-state.js";
import { holdSync } from "./hanging-sync.js";
import { decideInterval } from "./interval.js";
import type { SyncRequest } from "./request.js";
import { SyncStatus } from "./status.js";
import { statusOfFailure } from "./status-of-failure.js";
import { foldersOnce, syncCollections } from "./sync-collections.js";

/** Sync ([MS-ASCMD] 2.2.1.21): items in both directions, at once or when there is something. */
export const sync: Command = {
  name: "Sync",
  rootTag: AirSync.Sync,
  statusTag: AirSync.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: false,
  readEarly,
  run,
};

async function run(received: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const request = decodeSync(received.document, context.device.version);
  if (request.kind === "refused") return failedSync(request);
  try {
    return await prepare(request, received, context);
  } catch (error) {
    if (isUnavailable(error)) return { kind: "unavailable", error };
    return failedSync({ status: statusOfFailure(error, context) });
  }
}

async function prepare(
  sent: Exclude<SyncRequest, { kind: "refused" }>,
  received: CommandRequest,
  context: CommandContext,
): Promise<CommandOutcome> {
  const { options } = context;
  const early = earlyState(sent, context);
  const hierarchy = await early.hierarchy;
  if (hierarchy === undefined) return failedSync({ status: SyncStatus.HierarchyChanged });
  const cached = await early.cached;
  const request = completeRequest(sent, cached.request);
  if (request === undefined) return failedSync({ status: SyncStatus.RequestIncomplete });
  const interval = request.interval && (await decideInterval(request.interval, received, context));
  if (interval?.kind === "refused")
    return failedSync({ status: SyncStatus.IntervalOutOfRange, limit: interval.limit });
  const limit = options.maxSyncCollections;
  if (request.collections.length > limit) return failedSync({ status: SyncStatus.TooManyCollections, limit });
  const folders = foldersOnce(context);
  if (await hasProtocolError(request.collections, folders, context)) {
    return failedSync({ status: SyncStatus.ProtocolError });
  }
  const replies = await syncCollections(request, folders, context, early.collections);
  if (interval === undefined || !replies.every(isQuiet)) {
    return answerSync({ request, cached, isWaiting: interval !== undefined }, replies, context);
  }
  const remembered = await writeCachedRequest(
    context,
    cached,
    nextCachedRequest(request, replies, undefined),
  );
  const answering = { request, cached: remembered, isWaiting: true };
  return holdSync(answering, latestGeneration(hierarchy), { received, interval }, context);
}
