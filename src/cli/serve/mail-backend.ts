import type { AuthenticationAttempt } from "../../http/authorization.js";
import type { MailSubmission } from "../../mailbox/mail-submission.js";
import type { Mailbox } from "../../mailbox/mailbox.js";
import type { Authentication } from "../../options.js";
import type { MailboxChangeSource, MailboxRef } from "../../push/mailbox-change-source.js";
import type { StateStore } from "../../state/state-store.js";
import type { Finding } from "./check/finding.js";
import type { ServeSettings } from "./settings.js";

/** How many connections to the mail server there are, for metrics. */
export interface BackendConnections {
  readonly working: number;
  readonly idle: number;
  readonly waiting: number;
}

/** The mail server, as phones get to see it. */
export interface MailBackend {
  readonly mailbox: Mailbox;
  readonly source: MailboxChangeSource;
  /** Undefined where nothing can be sent. */
  readonly submission: MailSubmission | undefined;
  authenticate(attempt: AuthenticationAttempt): Promise<Authentication>;
  connections(): BackendConnections;
  /** Looks at what the mail server can do, as a user who has logged in. */
  inspect(mailbox: MailboxRef): Promise<readonly Finding[]>;
  /** Lets go of all connections. Close the server first. */
  close(): Promise<void>;
}

/** Opens a mail server. @param state where ids of folders may be kept. */
export type OpenBackend = (settings: ServeSettings, state: StateStore) => Promise<MailBackend>;
