import type { EmailItem } from "./items/email.js";
import type { Importance } from "./items/values.js";
import type { CarriedAttachment } from "./mail-submission.js";

/** What stands above a draft. Undefined: as in the message that it is made of; an empty text: nothing. */
export interface DraftHeaders {
  readonly from?: string;
  /** Addresses, `"Name" <user@host>` with commas or semicolons between; a name may lack its address as long as it is not sent. */
  readonly to?: string;
  readonly cc?: string;
  readonly bcc?: string;
  readonly replyTo?: string;
  readonly subject?: string;
  readonly importance?: Importance;
}

/** What stands in a draft. */
export interface DraftContent {
  readonly text: string | undefined;
  readonly html: string | undefined;
  readonly attachments: readonly CarriedAttachment[];
}

/** What a draft is made of. */
export interface DraftComposition {
  /** The message whose headers and content stay as far as nothing takes their place; undefined for a new one. */
  readonly base: Uint8Array | undefined;
  readonly headers: DraftHeaders;
  /** Undefined: that of `base`, byte by byte. */
  readonly content: DraftContent | undefined;
  /** The addresses that the user may send from, the primary one first; at least one. */
  readonly senderAddresses: readonly string[];
  /** The date of the draft. */
  readonly nowMs: number;
  /** Names a message that has no Message-ID; the same for a repeat. */
  readonly token: string;
}

/** A draft that was composed, or why it cannot be. */
export type ComposedDraft =
  /** With the whole message in `body.mime`, Bcc included; read, and without flag and categories. */
  | { readonly kind: "draft"; readonly item: EmailItem }
  /** `base` is no message. */
  | { readonly kind: "invalid-message"; readonly reason: string };
