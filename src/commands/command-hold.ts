import type { HoldFolder, HoldOutcome, HoldRequest } from "../push/hold.js";
import { HIERARCHY, type MailboxRef } from "../push/mailbox-change-source.js";
import type { HierarchyGeneration } from "../state/hierarchy-record.js";
import { hasPendingChanges } from "../sync-state/pending.js";
import type { CommandContext, CommandOutcome, CommandRequest } from "./command.js";
import { isTreeOutdated } from "./tree-outdated.js";
import { isStateUnavailable } from "./unavailable.js";

/** How long a request is held, in seconds from its arrival. */
export interface HeldInterval {
  /** What the device asked for. */
  readonly askedSeconds: number;
  /** When it is answered. */
  readonly answerAfterSeconds: number;
}

/** The folder tree as one of the things that a request is held for; without a marker when the device knows it in another version. */
export function heldTree(tree: HierarchyGeneration, { device }: CommandContext): HoldFolder {
  return { folder: HIERARCHY, marker: tree.version === device.version ? tree.marker : undefined };
}

/**
 * A held request, as the server and as the coordinator see it: one object without closures, because there may be many. Nothing of the request
 * itself is kept.
 */
export abstract class CommandHold implements HoldRequest {
  readonly folders: readonly HoldFolder[];
  readonly heartbeatSeconds: number;
  readonly askedSeconds: number;
  readonly receivedAtMs: number;
  readonly sequence: number;
  protected readonly context: CommandContext;

  constructor(
    folders: readonly HoldFolder[],
    { answerAfterSeconds, askedSeconds }: HeldInterval,
    { receivedAtMs, sequence }: Pick<CommandRequest, "receivedAtMs" | "sequence">,
    context: CommandContext,
  ) {
    this.folders = folders;
    this.heartbeatSeconds = answerAfterSeconds;
    this.askedSeconds = askedSeconds;
    this.receivedAtMs = receivedAtMs;
    this.sequence = sequence;
    this.context = context;
  }

  abstract get command(): HoldRequest["command"];

  get kind(): "hold" {
    return "hold";
  }

  get hold(): HoldRequest {
    return this;
  }

  get mailbox(): MailboxRef {
    return this.context.mailboxRef;
  }

  get deviceId(): string {
    return this.context.device.id;
  }

  get deviceType(): string {
    return this.context.device.type;
  }

  async confirm(folder: string): Promise<boolean> {
    try {
      return await (folder === HIERARCHY
        ? isTreeOutdated(this.context)
        : hasPendingChanges(this.context, folder));
    } catch (error) {
      // The change is real, and nearly every one concerns the device: it is told in time rather than kept from it until the store is back.
      if (isStateUnavailable(error)) return true;
      throw error;
    }
  }

  /** The answer to what it was held for. */
  abstract resume(outcome: HoldOutcome): CommandOutcome | Promise<CommandOutcome>;
}
