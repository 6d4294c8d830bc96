import type { ItemBody } from "./body.js";
import type { Recurrence } from "./recurrence.js";
import type { Attachment, BusyStatus, ItemLocation, Sensitivity } from "./values.js";

/** Someone invited to a meeting ([MS-ASCAL] 2.2.2.4). */
export interface Attendee {
  readonly email: string;
  readonly name: string;
  /** What they answered. */
  readonly status?: "unknown" | "tentative" | "accepted" | "declined" | "not-responded";
  /** When they answered so: the DTSTAMP of the answer (RFC 5545, 3.8.7.2). Not sent to devices. */
  readonly answeredMs?: number;
  /** Default "required". */
  readonly type?: "required" | "optional" | "resource";
  /** Another time they propose; devices see it from version 16.1 on. */
  readonly proposedStartTimeMs?: number;
  readonly proposedEndTimeMs?: number;
}

/** What the user answered to a meeting ([MS-ASCAL] 2.2.2.38). */
export type MeetingResponseType =
  | "none"
  | "organizer"
  | "tentative"
  | "accepted"
  | "declined"
  | "not-responded";

/** A removed occurrence of a series. */
export interface DeletedOccurrence {
  readonly deleted: true;
  /** The unmodified start of the occurrence. */
  readonly originalStartMs: number;
  /** Of the cancellation, where the attendees were told. Not sent to devices. */
  readonly sequence?: number;
}

/** A changed occurrence of a series: what is undefined is as in the series, null is removed ([MS-ASCAL] 2.2.2.21). */
export interface ChangedOccurrence {
  readonly deleted: false;
  /** The unmodified start of the occurrence. */
  readonly originalStartMs: number;
  /** Which revision of the occurrence it is; default that of the series. Not sent to devices. */
  readonly sequence?: number;
  readonly subject?: string | null;
  readonly startTimeMs?: number;
  readonly endTimeMs?: number;
  readonly allDayEvent?: boolean;
  readonly location?: ItemLocation | null;
  readonly body?: ItemBody | null;
  readonly categories?: readonly string[];
  readonly sensitivity?: Sensitivity;
  readonly busyStatus?: BusyStatus;
  readonly reminderMinutes?: number | null;
  readonly dtStampMs?: number;
  readonly meetingStatus?: number;
  readonly attendees?: readonly Attendee[];
  readonly appointmentReplyTimeMs?: number;
  readonly responseType?: MeetingResponseType;
  readonly onlineMeetingConfLink?: string;
  readonly onlineMeetingExternalLink?: string;
}

/** What is different about one occurrence of a series. */
export type CalendarException = DeletedOccurrence | ChangedOccurrence;

/**
 * An appointment ([MS-ASCAL] 2.2). Instants are in milliseconds since the epoch.
 *
 * All-day events are dates, not instants: `startTimeMs` and `endTimeMs` (exclusive), and the `originalStartMs` and times of
 * exceptions, are midnight of the date counted as if it were UTC, whatever `timezone` says. `timezone` is still worth setting:
 * devices below version 16.0 are told the instant at which the day begins there.
 */
export interface CalendarItem {
  readonly class: "Calendar";
  readonly subject?: string;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly allDayEvent?: boolean;
  /** The TimeZone structure ([MS-ASDTYPE] 2.7.6) in base64. Default UTC. */
  readonly timezone?: string;
  readonly location?: ItemLocation;
  readonly body?: ItemBody;
  /** At most 300. */
  readonly categories?: readonly string[];
  readonly sensitivity?: Sensitivity;
  /** Default "busy". */
  readonly busyStatus?: BusyStatus;
  /** Before the start, in minutes; none: no reminder. */
  readonly reminderMinutes?: number;
  /** When it was made or last changed. */
  readonly dtStampMs?: number;
  /** The iCalendar UID, at most 300 characters. A device of version 16.0 or newer does not send one: the library makes it, and a mailbox may store another. */
  readonly uid?: string;
  /** Which revision of the meeting it is: SEQUENCE (RFC 5545, 3.8.7.4), from 0 on. Not sent to devices. */
  readonly sequence?: number;
  /** A device's own mark of an appointment that it creates ([MS-ASCAL] 2.2.2.12); never sent back. */
  readonly clientUid?: string;
  readonly organizerName?: string;
  readonly organizerEmail?: string;
  /** The sum of 1 (a meeting), 2 (received, not organized), 4 (cancelled) ([MS-ASCAL] 2.2.2.28). Default 0. */
  readonly meetingStatus?: number;
  readonly attendees?: readonly Attendee[];
  readonly recurrence?: Recurrence;
  readonly exceptions?: readonly CalendarException[];
  readonly responseRequested?: boolean;
  readonly disallowNewTimeProposal?: boolean;
  readonly appointmentReplyTimeMs?: number;
  readonly responseType?: MeetingResponseType;
  readonly onlineMeetingConfLink?: string;
  readonly onlineMeetingExternalLink?: string;
  /** Devices see them from version 16.0 on. */
  readonly attachments?: readonly Attachment[];
}
