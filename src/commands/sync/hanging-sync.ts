import type { HoldFolder, HoldOutcome } from "../../push/hold.js";
import { HIERARCHY } from "../../push/mailbox-change-source.js";
import { type HierarchyGeneration, latestGeneration, readHierarchy } from "../../state/hierarchy-record.js";
import { hasPendingChanges, pingState } from "../../sync-state/pending.js";
import type { CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { isSameTree, toldFolders } from "../folder-tree.js";
import type { CompleteRequest } from "./cached-request.js";
import { encodeFailedSync } from "./reply.js";
import type { SyncInterval } from "./request.js";
import { SyncStatus } from "./status.js";

/** What becomes of the interval of a hanging Sync ([MS-ASCMD] 2.2.3.97). */
export type IntervalDecision =
  | { readonly kind: "accepted"; readonly answerAfterSeconds: number }
  /** `limit` in the unit of the request. */
  | { readonly kind: "refused"; readonly limit: number };

/** A Type of [MS-ASCMD] 2.2.3.186.3. */
const outboxType = 6;
const minuteSeconds = 60;

/** Whether an interval can be held, by the bounds that Ping has as well. */
export function decideInterval(
  interval: SyncInterval,
  request: CommandRequest,
  { device, negotiator, events }: CommandContext,
): IntervalDecision {
  const unitSeconds = interval.unit === "minutes" ? minuteSeconds : 1;
  const askedSeconds = interval.value * unitSeconds;
  const decision = negotiator.negotiate(
    { user: device.user, deviceId: device.id },
    askedSeconds,
    request.network,
  );
  if (decision.kind === "accepted") return decision;
  const { nearestSeconds } = decision;
  events.heartbeatRefused({ device, askedSeconds, nearestSeconds });
  const nearest = nearestSeconds / unitSeconds;
  // The nearest whole minute that lies within the bounds, not beyond them.
  return { kind: "refused", limit: askedSeconds > nearestSeconds ? Math.floor(nearest) : Math.ceil(nearest) };
}

/** What a hanging Sync is held with. */
export interface HangingSync {
  readonly request: CompleteRequest;
  readonly received: CommandRequest;
  readonly tree: HierarchyGeneration;
  readonly answerAfterSeconds: number;
  /** Does what the request asks for once more, and answers even if there is nothing. */
  answer(): Promise<CommandOutcome>;
  /** Says that there is nothing, in the way that the device can read. */
  answerNothing(): CommandOutcome;
}

/** Holds a Sync that has nothing to say until a folder or the folder tree changes ([MS-ASCMD] 3.1.5.4). */
export async function holdSync(hanging: HangingSync, context: CommandContext): Promise<CommandOutcome> {
  const { request, received, tree } = hanging;
  const { device, mailboxRef } = context;
  const folders: HoldFolder[] = [
    { folder: HIERARCHY, marker: tree.version === device.version ? tree.marker : undefined },
  ];
  for (const { collectionId } of request.collections) {
    // Some devices wait on the outbox, where nothing ever arrives for them.
    if (tree.folders.some(({ id, type }) => id === collectionId && type === outboxType)) continue;
    const state = await pingState(context, collectionId);
    folders.push({ folder: collectionId, marker: state.kind === "synced" ? state.marker : undefined });
  }
  return {
    kind: "hold",
    hold: {
      mailbox: mailboxRef,
      deviceId: device.id,
      command: "Sync",
      folders,
      heartbeatSeconds: hanging.answerAfterSeconds,
      receivedAtMs: received.receivedAtMs,
      sequence: received.sequence,
      confirm: (folder) =>
        folder === HIERARCHY ? isTreeOutdated(context) : hasPendingChanges(context, folder),
    },
    resume: (outcome) => resume(outcome, hanging),
  };
}

async function resume(outcome: HoldOutcome, hanging: HangingSync): Promise<CommandOutcome> {
  switch (outcome.kind) {
    case "changed":
      return outcome.folders.includes(HIERARCHY)
        ? failedOutcome(SyncStatus.HierarchyChanged)
        : hanging.answer();
    case "failed":
      return failedOutcome(SyncStatus.Retry);
    default:
      // Expired, or ended for a reason that the device learns by its next request.
      return hanging.answerNothing();
  }
}

function failedOutcome(status: 12 | 16): CommandOutcome {
  return { kind: "document", document: encodeFailedSync({ status }) };
}

async function isTreeOutdated({ state, device, mailbox, mailboxRef }: CommandContext): Promise<boolean> {
  const hierarchy = await readHierarchy(state, device.user, device.id);
  if (hierarchy === undefined) return true;
  const present = toldFolders(await mailbox.folders(mailboxRef), device.version);
  return !isSameTree(latestGeneration(hierarchy).folders, present);
}
