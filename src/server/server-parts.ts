import type { Command, CommandContext, CommandRequest } from "../commands/command.js";
import type { CommandEvents } from "../commands/command-events.js";
import type { Tell } from "../events.js";
import type { MailSubmission } from "../mailbox/mail-submission.js";
import type { Mailbox } from "../mailbox/mailbox.js";
import type { HeartbeatNegotiator } from "../push/heartbeat-negotiator.js";
import type { MailboxChangeSource } from "../push/mailbox-change-source.js";
import type { PingCoordinator } from "../push/ping-coordinator.js";
import type { StateStore } from "../state/state-store.js";
import type { ConcurrencyCeilings } from "./concurrency.js";
import type { ResolvedOptions } from "./resolved-options.js";
import type { Unanswered } from "./unanswered.js";

/** `draining`: held requests are being answered, and new ones are served; `closed`: there is nothing to serve them with any more. */
export type Shutdown = "none" | "draining" | "closed";

/** What one server consists of; shared by all its requests. */
export interface ServerParts {
  readonly options: ResolvedOptions;
  /** By name in lower case; those alone that the mailbox supports. */
  readonly commands: ReadonlyMap<string, Command>;
  /** The common status with which the policy refuses a request; undefined when it does not. */
  checkPolicyKey(request: CommandRequest, context: CommandContext): Promise<number | undefined>;
  readonly coordinator: PingCoordinator;
  readonly negotiator: HeartbeatNegotiator;
  readonly ceilings: ConcurrencyCeilings;
  readonly unanswered: Unanswered;
  /** The integrator's parts, bounded in time. */
  readonly mailbox: Mailbox;
  readonly source: MailboxChangeSource;
  readonly submission: MailSubmission | undefined;
  readonly state: StateStore;
  readonly commandEvents: CommandEvents;
  readonly tell: Tell;
  /** How far the server is with shutting down. */
  shutdown(): Shutdown;
}
