import type { Clock } from "../clock.js";
import type { Mailbox } from "../mailbox/mailbox.js";
import type { Device } from "../protocol/device.js";
import type { MailboxChangeSource, MailboxRef } from "../push/mailbox-change-source.js";
import type { StateStore } from "../state/state-store.js";

/** What the synchronisation of a collection works with; a command's context is one. */
export interface SyncContext {
  readonly device: Device;
  readonly mailboxRef: MailboxRef;
  readonly mailbox: Mailbox;
  readonly source: MailboxChangeSource;
  readonly state: StateStore;
  readonly clock: Clock;
}
