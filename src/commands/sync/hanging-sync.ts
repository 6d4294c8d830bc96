import type { HoldFolder, HoldOutcome } from "../../push/hold.js";
import { HIERARCHY } from "../../push/mailbox-change-source.js";
import type { HierarchyGeneration } from "../../state/hierarchy-record.js";
import { pingState } from "../../sync-state/pending.js";
import type { CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { CommandHold, type HeldInterval, heldTree } from "../command-hold.js";
import { watchedFolder } from "../watched-folder.js";
import { answerSync, failedSync, nothingToSay, type SyncAnswering } from "./answer-sync.js";
import { withoutCommands } from "./cached-request.js";
import { SyncStatus } from "./status.js";
import { statusOfFailure } from "./status-of-failure.js";
import { foldersOnce, syncCollections, untouched } from "./sync-collections.js";

/** A Type of [MS-ASCMD] 2.2.3.186.3. */
const outboxType = 6;

/**
 * Holds a Sync that has nothing to say until a folder or the folder tree changes ([MS-ASCMD] 3.1.5.4). There may be many held: what stays is
 * which collections are asked for, their markers and the context, nothing of the request itself and nothing of the folder tree.
 */
export async function holdSync(
  { request, cached }: SyncAnswering,
  tree: HierarchyGeneration,
  held: { readonly received: CommandRequest; readonly interval: HeldInterval },
  context: CommandContext,
): Promise<CommandOutcome> {
  const folders = [heldTree(tree, context)];
  for (const { collectionId } of request.collections) {
    // Some devices wait on the outbox, where nothing ever arrives for them.
    if (tree.folders.some(({ id, type }) => id === collectionId && type === outboxType)) continue;
    folders.push(watchedFolder(collectionId, await pingState(context, collectionId)));
  }
  const answering = { request: withoutCommands(request), cached, isWaiting: true };
  return new HangingSync(folders, answering, held.interval, held.received, context);
}

/** A held Sync. */
class HangingSync extends CommandHold {
  readonly #answering: SyncAnswering;

  constructor(
    folders: readonly HoldFolder[],
    answering: SyncAnswering,
    interval: HeldInterval,
    received: CommandRequest,
    context: CommandContext,
  ) {
    super(folders, interval, received, context);
    this.#answering = answering;
  }

  get command(): "Sync" {
    return "Sync";
  }

  resume(outcome: HoldOutcome): CommandOutcome | Promise<CommandOutcome> {
    switch (outcome.kind) {
      case "changed":
        return outcome.folders.includes(HIERARCHY)
          ? failedSync({ status: SyncStatus.HierarchyChanged })
          : answerAfterHold(this.#answering, this.context);
      case "failed":
        // A request that just came has the time to come back later; one that was held is to be sent again as it is.
        return outcome.wasHeld
          ? failedSync({ status: SyncStatus.Retry })
          : { kind: "unavailable", error: outcome.error };
      default:
        // Expired, or ended for a reason that the device learns by its next request.
        return nothingToSay(this.#answering.request.collections.map(untouched), this.context);
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
