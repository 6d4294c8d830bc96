import type { Clock } from "../clock.js";
import type { MailSubmission } from "../mailbox/mail-submission.js";
import type { Mailbox } from "../mailbox/mailbox.js";
import type { Device } from "../protocol/device.js";
import type { ProtocolVersion } from "../protocol/version.js";
import type { HeartbeatNegotiator } from "../push/heartbeat-negotiator.js";
import type { HoldOutcome, HoldRequest } from "../push/hold.js";
import type { MailboxChangeSource, MailboxRef } from "../push/mailbox-change-source.js";
import type { StateStore } from "../state/state-store.js";
import type { WbxmlElement } from "../wbxml/element.js";
import type { CommandEvents } from "./command-events.js";
import type { CommandOptions } from "./command-options.js";

/** What the query of a request says beside who asks for what ([MS-ASHTTP] 2.2.1.1.1.1.3). Undefined: absent or empty. */
export interface CommandParameters {
  /** Which attachment GetAttachment wants. */
  readonly attachmentName: string | undefined;
  /** The folder and the item that SmartForward and SmartReply are about, before 14.0. */
  readonly collectionId: string | undefined;
  readonly itemId: string | undefined;
  /** A search result, in the place of the two. */
  readonly longId: string | undefined;
  /** An occurrence of a recurring meeting. */
  readonly occurrence: string | undefined;
  /** Whether a copy of what is sent goes to the Sent folder, before 14.0. */
  readonly saveInSent: boolean;
  /** Whether ItemOperations may be answered in parts: said by the query, or by the header MS-ASAcceptMultiPart. */
  readonly acceptMultiPart: boolean;
}

/** A request as a command sees it: authenticated, its query read, its body decoded. */
export interface CommandRequest {
  /** The decoded body, or undefined when there was none. */
  readonly document: WbxmlElement | undefined;
  /** The body of a command with `takesMessage` from a version before 14.0, as sent; undefined for every other. */
  readonly rawBody: Uint8Array | undefined;
  readonly parameters: CommandParameters;
  /** The policy key that the request carried; undefined when it carried none. */
  readonly policyKey: number | undefined;
  /** On `CommandContext.clock`'s monotonic time. */
  readonly receivedAtMs: number;
  /** From `PingCoordinator.sequence()`. */
  readonly sequence: number;
  /** Where the client connects from, for the heartbeat history; undefined when the host does not tell. */
  readonly network: string | undefined;
}

/** What a command works with. The integrator's parts are already bounded in time. */
export interface CommandContext {
  readonly device: Device;
  readonly mailboxRef: MailboxRef;
  readonly mailbox: Mailbox;
  readonly source: MailboxChangeSource;
  /** Undefined where no mail can be sent. */
  readonly submission: MailSubmission | undefined;
  readonly state: StateStore;
  readonly negotiator: HeartbeatNegotiator;
  readonly clock: Clock;
  readonly options: CommandOptions;
  readonly events: CommandEvents;
  /** Ends every older held request of this device, or those of one command: what they wait for is stale. */
  supersedeHeld(command?: "Ping" | "Sync"): void;
}

/** Content that is sent as it is read. Iterated at most once; nothing is opened before. */
export interface StreamedContent {
  /** Exactly what `chunks` yield. */
  readonly byteLength: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** An answer that may be too long to be in memory as a whole. */
export type StreamedOutcome =
  /** 200 with a WBXML body; each placeholder, in the order of the document, is a text in it that gives way to the content as base64. */
  | {
      readonly kind: "streamed-document";
      readonly document: WbxmlElement;
      readonly texts: readonly { readonly placeholder: string; readonly content: StreamedContent }[];
    }
  /** 200 with a body in parts: the document, then the others as they are ([MS-ASCMD] 2.2.1.10.1). */
  | {
      readonly kind: "multipart";
      readonly document: WbxmlElement;
      readonly parts: readonly StreamedContent[];
    }
  /** 200 with the content itself. */
  | { readonly kind: "content"; readonly contentType: string; readonly content: StreamedContent };

/** How a command answers. */
export type CommandOutcome =
  | StreamedOutcome
  /** 200 with a WBXML body. */
  | { readonly kind: "document"; readonly document: WbxmlElement }
  /** 200 with `content-length: 0`. */
  | { readonly kind: "empty" }
  /** A common status code ([MS-ASCMD] 2.2.2): in the command's root element from 14.0 on, an HTTP status before. */
  | { readonly kind: "common-status"; readonly status: number }
  /** The mailbox or the store cannot be reached: 503 with Retry-After. */
  | { readonly kind: "unavailable"; readonly error: unknown }
  /** Hold the request; `resume` turns the outcome into the answer. */
  | {
      readonly kind: "hold";
      readonly hold: HoldRequest;
      resume(outcome: HoldOutcome): CommandOutcome | Promise<CommandOutcome>;
    };

/** One command of the protocol. */
export interface Command {
  /** As in the query and in MS-ASProtocolCommands. */
  readonly name: string;
  /** Root element of its documents: where a common status goes. */
  readonly rootTag: number;
  /** The Status child of `rootTag`. */
  readonly statusTag: number;
  /** The first version that has it. */
  readonly since: ProtocolVersion;
  /** The last version that has it; the newest one by default. */
  readonly until?: ProtocolVersion;
  /** Whether the policy key is checked before it runs ([MS-ASPROV] 3.1.5.1): not for Ping and Provision. */
  readonly needsPolicyKey: boolean;
  /** Whether a body is required; without one the answer is Status 101 or 400. */
  readonly needsBody: boolean;
  /** Whether versions before 14.0 send a message (`message/rfc822`) in the place of a document. Then `limits.maxMessageBytes` bounds the body. */
  readonly takesMessage?: true;
  /** Whether the mailbox, or the submission, has what the command needs; without it every mailbox has. Commands without it are not advertised. */
  readonly supportedBy?: (mailbox: Mailbox, submission: MailSubmission | undefined) => boolean;
  /** Its own answer to a body that is no WBXML; without it Status 102 or 400. */
  readonly undecodable?: () => WbxmlElement;
  /**
   * Begins what `run` waits for first, while the policy key is checked: reads of the state, so that they are one round trip. The body is
   * then read before the check.
   */
  readonly readEarly?: (document: WbxmlElement | undefined, context: CommandContext) => void;
  run(request: CommandRequest, context: CommandContext): Promise<CommandOutcome>;
}
