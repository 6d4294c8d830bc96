import { CommonStatus } from "../protocol/status.js";
import {
  type DeviceRecord,
  type PingCache,
  readDeviceRecord,
  updateDeviceRecord,
} from "../state/device-record.js";
import {
  type HierarchyGeneration,
  type HierarchyRecord,
  latestGeneration,
  readHierarchy,
} from "../state/hierarchy-record.js";
import { Ping } from "../wbxml/code-pages/ping.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "./command.js";
import { refusePing } from "./ping-answer.js";
import { rememberedFolders, type SortedFolders, sortFolders } from "./ping-folders.js";
import { holdPing } from "./ping-hold.js";
import { completeParameters, type PingParameters } from "./ping-parameters.js";
import { encodePing } from "./ping-reply.js";
import { decodePing, type PingRequest } from "./ping-request.js";
import { isPolicyDue, wipeStanding } from "./policy-standing.js";
import { restoreHeartbeat } from "./restore-heartbeat.js";
import { answeringUnavailable } from "./unavailable.js";

/** What is kept of the device that pings. */
interface StoredDevice {
  readonly record: DeviceRecord;
  readonly hierarchy: HierarchyRecord | undefined;
}

type CompleteParameters = Extract<PingParameters, { readonly kind: "complete" }>;

/**
 * Ping ([MS-ASCMD] 2.2.1.13): held until a watched folder has something to sync. A refusal that a device brings on itself again and again
 * is held back for up to 25 seconds, because devices repeat such a request at once.
 */
export const ping: Command = {
  name: "Ping",
  rootTag: Ping.Ping,
  statusTag: Ping.Status,
  since: "12.1",
  needsPolicyKey: false,
  needsBody: false,
  undecodable: () => encodePing({ status: 4 }),
  run: answeringUnavailable(run),
};

async function run(request: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const sent = decodePing(request.document);
  const { state, device } = context;
  // One round trip for both.
  const [record, hierarchy] = await Promise.all([
    readDeviceRecord(state, device.user, device.id),
    readHierarchy(state, device.user, device.id),
  ]);
  const wipe = wipeStanding(record, context.device);
  if (wipe.kind === "refused") {
    return { kind: "common-status", status: CommonStatus.DeviceIsBlockedForThisUser };
  }
  if (sent.kind === "malformed") return refusePing({ status: 4 }, request, context);
  // FolderSync then says what is wanted: a Ping cannot.
  if (wipe.kind === "due" || isPolicyDue(record, context.options.policy)) {
    return refusePing({ status: 7 }, request, context);
  }
  const parameters = completeParameters(sent, record.ping);
  if (parameters.kind === "missing") return refusePing({ status: 3 }, request, context);
  return checkBounds(sent, parameters, { record, hierarchy }, request, context);
}

async function checkBounds(
  sent: PingRequest,
  parameters: CompleteParameters,
  stored: StoredDevice,
  request: CommandRequest,
  context: CommandContext,
): Promise<CommandOutcome> {
  const { device, negotiator, options } = context;
  const askedSeconds = parameters.heartbeatSeconds;
  await restoreHeartbeat(context, stored.record);
  const accepted = negotiator.negotiate(
    { user: device.user, deviceId: device.id },
    askedSeconds,
    request.network,
  );
  if (accepted.kind === "refused") {
    // Without a body the device did not ask for this interval now: it is made to say what it wants.
    if (sent.kind === "empty") return refusePing({ status: 3 }, request, context);
    context.events.heartbeatRefused({ device, askedSeconds, nearestSeconds: accepted.nearestSeconds });
    return refusePing({ status: 5, heartbeatSeconds: accepted.nearestSeconds }, request, context);
  }
  if (parameters.folders.length > options.maxPingFolders) {
    return refusePing({ status: 6, maxFolders: options.maxPingFolders }, request, context);
  }
  return checkFolders(parameters, accepted.answerAfterSeconds, stored, request, context);
}

async function checkFolders(
  parameters: CompleteParameters,
  answerAfterSeconds: number,
  { record, hierarchy }: StoredDevice,
  request: CommandRequest,
  context: CommandContext,
): Promise<CommandOutcome> {
  const tree = hierarchy && latestGeneration(hierarchy);
  if (tree === undefined || hasUntoldGoneFolder(parameters, tree, record)) {
    // A device that pings without a tree had one, which is lost.
    const known: DeviceRecord = tree === undefined ? { ...record, wasForgotten: true } : record;
    await remember(parameters, { watched: [], lost: [] }, tree?.key, known, context);
    return refusePing({ status: 7 }, request, context);
  }
  const sorted = await sortFolders(parameters.folders, tree, record, context);
  await remember(parameters, sorted, record.goneFolderToldAtKey, record, context);
  const { heartbeatSeconds: askedSeconds } = parameters;
  return holdPing({ tree, ...sorted, askedSeconds, answerAfterSeconds }, request, context);
}

/**
 * Whether the device lists a folder that it does not have, and was not yet told so with its present tree: once is enough, for some
 * devices never drop such a folder.
 */
function hasUntoldGoneFolder(
  parameters: CompleteParameters,
  tree: HierarchyGeneration,
  record: DeviceRecord,
): boolean {
  if (!parameters.foldersListed || record.goneFolderToldAtKey === tree.key) return false;
  const known = new Set(tree.folders.map(({ id }) => id));
  return parameters.folders.some(({ id }) => !known.has(id));
}

async function remember(
  parameters: CompleteParameters,
  sorted: SortedFolders,
  toldAtKey: string | undefined,
  record: DeviceRecord,
  context: CommandContext,
): Promise<void> {
  const folders = rememberedFolders(parameters.folders, sorted, record);
  const cache: PingCache = { heartbeatSeconds: parameters.heartbeatSeconds, folders };
  // Most Pings repeat the one before: nothing is written for them.
  if (toldAtKey === record.goneFolderToldAtKey && JSON.stringify(cache) === JSON.stringify(record.ping))
    return;
  await updateDeviceRecord(context.state, context.device.user, context.device.id, (present) => ({
    result: undefined,
    write: { ...present, ping: cache, ...(toldAtKey !== undefined && { goneFolderToldAtKey: toldAtKey }) },
  }));
}
