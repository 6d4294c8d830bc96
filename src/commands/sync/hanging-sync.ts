import type { HoldFolder, HoldOutcome, HoldRequest } from "../../push/hold.js";
import { HIERARCHY, type MailboxRef } from "../../push/mailbox-change-source.js";
import type { HierarchyGeneration } from "../../state/hierarchy-record.js";
import { hasPendingChanges, pingState } from "../../sync-state/pending.js";
import type { CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { isTreeOutdated } from "../tree-outdated.js";
import { answerSync, failedSync, nothingToSay, type SyncAnswering } from "./answer-sync.js";
import { withoutCommands } from "./cached-request.js";
import type { IntervalDecision } from "./interval.js";
import { SyncStatus } from "./status.js";
import { statusOfFailure } from "./status-of-failure.js";
import { foldersOnce, syncCollections, untouched } from "./sync-collections.js";

/** A Type of [MS-ASCMD] 2.2.3.186.3. */
const outboxType = 6;

/** How long a Sync is held. */
export type AcceptedInterval = Extract<IntervalDecision, { kind: "accepted" }>;

/**
 * Holds a Sync that has nothing to say until a folder or the folder tree changes ([MS-ASCMD] 3.1.5.4). There may be many held: what stays is
 * which collections are asked for, their markers and the context, nothing of the request itself and nothing of the folder tree.
 */
export async function holdSync(
  { request, cached }: SyncAnswering,
  tree: HierarchyGeneration,
  held: { readonly received: CommandRequest; readonly interval: AcceptedInterval },
  context: CommandContext,
): Promise<CommandOutcome> {
  const folders: HoldFolder[] = [
    { folder: HIERARCHY, marker: tree.version === context.device.version ? tree.marker : undefined },
  ];
  for (const { collectionId } of request.collections) {
    // Some devices wait on the outbox, where nothing ever arrives for them.
    if (tree.folders.some(({ id, type }) => id === collectionId && type === outboxType)) continue;
    const state = await pingState(context, collectionId);
    folders.push({ folder: collectionId, marker: state.kind === "synced" ? state.marker : undefined });
  }
  const answering = { request: withoutCommands(request), cached, isWaiting: true };
  return new HangingSync(folders, answering, held.interval, held.received, context);
}

/** A held Sync, as the server and as the coordinator see it: one object without closures. */
class HangingSync implements HoldRequest {
  readonly folders: readonly HoldFolder[];
  readonly heartbeatSeconds: number;
  readonly askedSeconds: number;
  readonly receivedAtMs: number;
  readonly sequence: number;
  readonly #answering: SyncAnswering;
  readonly #context: CommandContext;

  constructor(
    folders: readonly HoldFolder[],
    answering: SyncAnswering,
    { answerAfterSeconds, askedSeconds }: AcceptedInterval,
    { receivedAtMs, sequence }: Pick<CommandRequest, "receivedAtMs" | "sequence">,
    context: CommandContext,
  ) {
    this.folders = folders;
    this.heartbeatSeconds = answerAfterSeconds;
    this.askedSeconds = askedSeconds;
    this.receivedAtMs = receivedAtMs;
    this.sequence = sequence;
    this.#answering = answering;
    this.#context = context;
  }

  get kind(): "hold" {
    return "hold";
  }

  get hold(): HoldRequest {
    return this;
  }

  get mailbox(): MailboxRef {
    return this.#context.mailboxRef;
  }

  get deviceId(): string {
    return this.#context.device.id;
  }

  get command(): "Sync" {
    return "Sync";
  }

  async confirm(folder: string): Promise<boolean> {
    return folder === HIERARCHY ? isTreeOutdated(this.#context) : hasPendingChanges(this.#context, folder);
  }

  resume(outcome: HoldOutcome): CommandOutcome | Promise<CommandOutcome> {
    switch (outcome.kind) {
      case "changed":
        return outcome.folders.includes(HIERARCHY)
          ? failedSync({ status: SyncStatus.HierarchyChanged })
          : answerAfterHold(this.#answering, this.#context);
      case "failed":
        // A request that just came has the time to come back later; one that was held is to be sent again as it is.
        return outcome.wasHeld
          ? failedSync({ status: SyncStatus.Retry })
          : { kind: "unavailable", error: outcome.error };
      default:
        // Expired, or ended for a reason that the device learns by its next request.
        return nothingToSay(this.#answering.request.collections.map(untouched), this.#context);
    }
  }
}

/** Does what the request asks for once more, and answers even if there is nothing. */
async function answerAfterHold(answering: SyncAnswering, context: CommandContext): Promise<CommandOutcome> {
  try {
    const replies = await syncCollections(answering.request, foldersOnce(context), context);
    // The key was confirmed and replaced by another request of the device: this one is not waited for any more.
    const isOvertaken = replies.some(
      (reply) => reply.kind === "failed" && reply.status === SyncStatus.InvalidSyncKey,
    );
    return isOvertaken ? { kind: "empty" } : await answerSync(answering, replies, context);
  } catch (error) {
    return failedSync({ status: statusOfFailure(error, context) });
  }
}
