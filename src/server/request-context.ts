import type { Clock } from "../clock.js";
import type { CommandContext } from "../commands/command.js";
import type { CommandEvents } from "../commands/command-events.js";
import type { CommandOptions } from "../commands/command-options.js";
import { probeDeviceId } from "../http/device-id.js";
import type { MailSubmission } from "../mailbox/mail-submission.js";
import type { Mailbox } from "../mailbox/mailbox.js";
import type { Device } from "../protocol/device.js";
import type { HeartbeatNegotiator } from "../push/heartbeat-negotiator.js";
import type { MailboxChangeSource, MailboxRef } from "../push/mailbox-change-source.js";
import { MemoryStateStore } from "../state/memory-state-store.js";
import type { StateStore } from "../state/state-store.js";
import type { ServerParts } from "./server-parts.js";

/** What a command works with. A held request keeps it, so it has four fields and reaches everything else through the server. */
export class RequestContext implements CommandContext {
  readonly device: Device;
  readonly mailboxRef: MailboxRef;
  readonly #parts: ServerParts;
  readonly #sequence: number;

  constructor(parts: ServerParts, device: Device, mailboxRef: MailboxRef, sequence: number) {
    this.#parts = parts;
    this.device = device;
    this.mailboxRef = mailboxRef;
    this.#sequence = sequence;
  }

  get mailbox(): Mailbox {
    return this.#parts.mailbox;
  }

  get source(): MailboxChangeSource {
    return this.#parts.source;
  }

  get submission(): MailSubmission | undefined {
    return this.#parts.submission;
  }

  get state(): StateStore {
    // Android checks a password with a device that does not exist: nothing may stay of it.
    return this.device.id === probeDeviceId ? new MemoryStateStore() : this.#parts.state;
  }

  get negotiator(): HeartbeatNegotiator {
    return this.#parts.negotiator;
  }

  get clock(): Clock {
    return this.#parts.options.clock;
  }

  get options(): CommandOptions {
    return this.#parts.options.command;
  }

  get events(): CommandEvents {
    return this.#parts.commandEvents;
  }

  supersedeHeld(command?: "Ping" | "Sync"): void {
    this.#parts.coordinator.supersede(this.mailboxRef.user, this.device.id, this.#sequence, command);
  }
}
