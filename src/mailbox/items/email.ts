import type { ItemBody } from "./body.js";
import type { MeetingRequest } from "./meeting-request.js";
import type { Attachment, Importance } from "./values.js";

/** What every follow-up flag can have ([MS-ASEMAIL] 2.2.2.34). */
export interface FollowUpDetails {
  /** What the device shows. Default "Flag for follow up". */
  readonly flagType?: string;
  readonly subject?: string;
  /** Local wall clock time, counted as if it were UTC. The four dates belong together: all or none. */
  readonly startDateMs?: number;
  readonly utcStartDateMs?: number;
  /** Local wall clock time, counted as if it were UTC. */
  readonly dueDateMs?: number;
  readonly utcDueDateMs?: number;
  readonly reminderSet?: boolean;
  readonly reminderTimeMs?: number;
  /** For sorting, with `subOrdinalDate`. */
  readonly ordinalDateMs?: number;
  readonly subOrdinalDate?: string;
}

/** A follow-up flag on a mail ([MS-ASEMAIL] 2.2.2.34). Instants are in milliseconds since the epoch. */
export type FollowUpFlag =
  | (FollowUpDetails & { readonly status: "active" })
  | (FollowUpDetails & {
      readonly status: "complete";
      readonly dateCompletedMs: number;
      readonly completeTimeMs: number;
    });

/** What the user last did with a mail ([MS-ASEMAIL] 2.2.2.43). */
export interface LastVerb {
  readonly executed: "unknown" | "reply" | "reply-all" | "forward";
  readonly atMs: number;
}

/** What only voice mail has ([MS-ASEMAIL] 2.2.2.82 to 2.2.2.87). */
export interface VoiceMail {
  readonly callerId?: string;
  readonly userNotes?: string;
}

/**
 * A mail ([MS-ASEMAIL] 2.2). Addresses are header texts with encoded words decoded, `"Name" <user@host>` with commas between;
 * an empty text stands for none. Devices learn of `read`, `flag` and `categories` piece by piece (see `ItemFlags`).
 */
export interface EmailItem {
  readonly class: "Email";
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly cc?: string;
  /** Drafts, from version 16.0 on. */
  readonly bcc?: string;
  /** With semicolons between. */
  readonly replyTo?: string;
  /** Who sent it on behalf of `from`. */
  readonly sender?: string;
  /** Names of the recipients with semicolons between. */
  readonly displayTo?: string;
  /** In milliseconds since the epoch; the filter by age goes by it. */
  readonly dateReceivedMs: number;
  readonly importance?: Importance;
  readonly read: boolean;
  readonly flag?: FollowUpFlag;
  /** At most 300. */
  readonly categories?: readonly string[];
  /** Default `IPM.Note` ([MS-ASEMAIL] 2.2.2.49). */
  readonly messageClass?: string;
  /** Default `urn:content-classes:message`. */
  readonly contentClass?: string;
  /** Windows code page of the original message. Default 65001, UTF-8. */
  readonly internetCodePage?: number;
  /** The subject without `Re:` and the like. */
  readonly threadTopic?: string;
  /** 16 bytes, the same for all mails of a conversation. */
  readonly conversationId?: Uint8Array;
  /** 5 bytes, and 5 more for each reply ([MS-ASCON] 2.2.2.4). */
  readonly conversationIndex?: Uint8Array;
  readonly body?: ItemBody;
  readonly attachments?: readonly Attachment[];
  readonly lastVerb?: LastVerb;
  readonly receivedAsBcc?: boolean;
  /** True for what lies in the drafts folder; devices are told from 16.0 on. */
  readonly isDraft?: boolean;
  /** The account that received it, when the user has several ([MS-ASEMAIL] 2.2.2.2). */
  readonly accountId?: string;
  readonly voiceMail?: VoiceMail;
  /** With a `messageClass` of `IPM.Schedule.Meeting.*`. */
  readonly meetingRequest?: MeetingRequest;
}
