import type { HoldFolder, HoldOutcome } from "../push/hold.js";
import { HIERARCHY } from "../push/mailbox-change-source.js";
import type { HierarchyGeneration } from "../state/hierarchy-record.js";
import type { CommandContext, CommandOutcome, CommandRequest } from "./command.js";
import { CommandHold, type HeldInterval, heldTree } from "./command-hold.js";
import { answerPing, foldersInVain, knownRepeats, refusePing, reportChanges } from "./ping-answer.js";
import type { SortedFolders } from "./ping-folders.js";
import type { DeviceRepeats } from "./ping-repeats.js";

/** A Ping that passed every check. */
export interface HeldPing extends SortedFolders, HeldInterval {
  readonly tree: HierarchyGeneration;
}

/**
 * Holds a Ping until a folder or the folder tree changes; answers at once when the state of a folder is lost. There may be many held: what
 * stays is the folders with their markers and the context, nothing of the request and nothing of the folder tree.
 */
export function holdPing(held: HeldPing, request: CommandRequest, context: CommandContext): CommandOutcome {
  const [lost, ...others] = held.lost;
  if (lost !== undefined) return answerPing({ status: 2, folders: [lost, ...others] }, context);
  // Joined by concat: an array that was built piece by piece keeps spare places.
  const folders = [heldTree(held.tree, context)].concat(held.watched);
  return new HeldPingRequest(folders, held, request, context);
}

/**
 * A held Ping. What the first of its questions about each folder is about is in `inVain`: folders whose state of when the Ping came has been
 * reported often enough.
 */
class HeldPingRequest extends CommandHold {
  readonly #repeats: DeviceRepeats | undefined;
  readonly #inVain: Set<string> | undefined;

  constructor(
    folders: readonly HoldFolder[],
    interval: HeldInterval,
    received: CommandRequest,
    context: CommandContext,
  ) {
    super(folders, interval, received, context);
    this.#repeats = knownRepeats(context);
    this.#inVain = foldersInVain(folders, this.#repeats);
  }

  get command(): "Ping" {
    return "Ping";
  }

  override async confirm(folder: string): Promise<boolean> {
    return this.#inVain?.delete(folder) === true ? false : super.confirm(folder);
  }

  resume(outcome: HoldOutcome): CommandOutcome {
    const { context } = this;
    switch (outcome.kind) {
      case "changed":
        return outcome.folders.includes(HIERARCHY)
          ? refusePing({ status: 7 }, this, context)
          : reportChanges(outcome.folders, this, context, this.#repeats);
      case "recalled":
        return refusePing({ status: 7 }, this, context);
      case "failed":
        // Status 8 makes some devices ping again at once: one that comes while the mailbox is down is asked to wait a while instead.
        return outcome.wasHeld
          ? refusePing({ status: 8 }, this, context)
          : { kind: "unavailable", error: outcome.error };
      case "expired":
        (this.#repeats ?? knownRepeats(context))?.waited();
        return answerPing({ status: 1 }, context, this.#repeats);
      default:
        // Superseded and closing: a device takes 1 for a quiet interval and pings again.
        return answerPing({ status: 1 }, context, this.#repeats);
    }
  }
}
