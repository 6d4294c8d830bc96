import type { MailboxRef } from "../push/mailbox-change-source.js";
import type { EmailItem } from "./items/email.js";
import type { ComposedDraft, DraftComposition } from "./mail-draft.js";

/** A mail on its way out. */
export interface OutgoingMail {
  /** The message (RFC 5322), without Bcc and with a From that is the user's own. Its line ends and 8-bit content are as the device sent them. */
  readonly message: Uint8Array;
  /** The envelope's sender: one of the user's own addresses. */
  readonly sender: string;
  /** The envelope's recipients, those of Bcc included; at least one, each once. */
  readonly recipients: readonly string[];
  /**
   * The same for a repeat of the same mail: a second call with it sends nothing. Repeats are rare, since devices' retries are known by their
   * ClientId; they happen when the process ended, or the call took too long, while the mail was being taken. At most 64 characters; a day is plenty.
   */
  readonly submissionToken: string;
}

/** What became of a mail. Anything else that goes wrong is thrown, and means that the device is to try again later. */
export type SubmissionResult =
  /** Taken: from now on it is the mail server's to deliver, or to bounce. */
  | { readonly kind: "sent" }
  /**
   * Not taken, and no retry will change that. `recipient-unknown`: Status 116. `quota-exceeded`: 115. `too-large`: 122. `reply-not-allowed`: 117.
   * `sending-disabled`: 167, or 120 before 14.1. `failed`: 120, anything else. The detail is for the log.
   */
  | {
      readonly kind: "refused";
      readonly reason:
        | "recipient-unknown"
        | "quota-exceeded"
        | "too-large"
        | "reply-not-allowed"
        | "sending-disabled"
        | "failed";
      readonly detail?: string;
    };

/**
 * Sends what devices compose (SendMail, SmartReply, SmartForward; [MS-ASCMD] 2.2.1.17, 2.2.1.19, 2.2.1.20). Without it these commands are
 * not offered.
 */
export interface MailSubmission {
  /** Makes of what a device sends the message that goes out: `mailComposer()` of `direct-push/mime`. */
  readonly composer: MailComposer;
  /** Takes a mail to be delivered. Resolve as soon as it is queued: the device waits, and the call is bounded like any other. */
  submit(mailbox: MailboxRef, mail: OutgoingMail): Promise<SubmissionResult>;
  /** Whether the mail server keeps the copy in the Sent folder by itself, and none is to be stored. Default false. */
  readonly keepsCopies?: boolean;
  /**
   * Whether the mailbox tells those who are invited to a meeting by itself when one is stored, changed or removed, as a CalDAV server with implicit scheduling
   * (RFC 6638) does, and the library is not to. Default false.
   */
  readonly announcesMeetings?: boolean;
  /**
   * The addresses that the user may send from, the primary one first. A From that is none of them is replaced by the first. None: nothing is sent. Default:
   * those of the mailbox's `userInformation`, else the user's name if it is an address.
   */
  senderAddresses?(mailbox: MailboxRef): Promise<readonly string[]>;
}

/** The content of an attachment. */
export interface CarriedAttachment {
  readonly fileName: string;
  /** Media type, such as `image/png`. */
  readonly contentType: string;
  readonly content: Uint8Array;
  /** What a `cid:` link in the HTML body names; without angle brackets. */
  readonly contentId?: string;
  /** Whether the body shows it. */
  readonly inline?: boolean;
}

/** The mail that is answered or passed on. */
export interface AnsweredMail {
  readonly how: "reply" | "forward";
  readonly item: EmailItem;
  /** Undefined where the item's body has the whole message: they are in it. */
  readonly attachments: readonly CarriedAttachment[] | undefined;
  /** Whether it is put in; false when the device did so itself, which leaves the message to be marked as an answer. */
  readonly putIn: boolean;
}

/** What a message is composed of. */
export interface Composition {
  /** As the device sent it. */
  readonly message: Uint8Array;
  /** The addresses that the user may send from, the primary one first; at least one. */
  readonly senderAddresses: readonly string[];
  readonly answered: AnsweredMail | undefined;
  /** The date of a message without one. */
  readonly nowMs: number;
  /** Names a message that has no Message-ID; the same for a repeat. */
  readonly submissionToken: string;
}

/** A message that was composed, or why it cannot be. */
export type ComposedMail =
  | {
      readonly kind: "composed";
      /** Without Bcc. */
      readonly message: Uint8Array;
      readonly sender: string;
      readonly recipients: readonly string[];
      /** What is kept in the Sent folder: with Bcc, and the whole message as its body's MIME. */
      copy(): Promise<EmailItem>;
    }
  | { readonly kind: "no-recipient" }
  /** A recipient is no address. */
  | { readonly kind: "invalid-recipient"; readonly recipient: string }
  /** No message at all. */
  | { readonly kind: "invalid-message"; readonly reason: string };

/** Makes messages of what devices send. */
export interface MailComposer {
  compose(composition: Composition): Promise<ComposedMail>;
  /** Makes a message of a draft ([MS-ASEMAIL] 2.2.2.69, 16.0 and later): it need have no recipient. */
  composeDraft(composition: DraftComposition): Promise<ComposedDraft>;
  /** What tells a message from another one, and its repeats from neither: a short text; undefined when nothing in it does. */
  fingerprint(message: Uint8Array): string | undefined;
}
