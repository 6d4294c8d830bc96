import type { Attendee, ChangedOccurrence } from "./calendar.js";
import type { Recurrence } from "./recurrence.js";
import type { BusyStatus, ItemLocation, Sensitivity } from "./values.js";

/**
 * What a meeting mail is about ([MS-ASEMAIL] 2.2.2.48). Instants are in milliseconds since the epoch; the times of all-day meetings are dates, as
 * in a `CalendarItem`.
 */
export interface MeetingRequest {
  /** The iCalendar UID; devices below version 16.0 get it as GlobalObjId. */
  readonly uid: string;
  /** When the request was made. */
  readonly dtStampMs: number;
  /** Which revision of the meeting it is about: SEQUENCE (RFC 5545, 3.8.7.4), from 0 on. Not sent to devices. */
  readonly sequence?: number;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly allDayEvent?: boolean;
  /** Which part of a series it is about. Default "single". */
  readonly instanceType?: "single" | "master" | "instance" | "exception" | "orphan";
  /** The instance, when it is about one of a series. */
  readonly recurrenceIdMs?: number;
  /** Which instances it is about when it is about one: with "this-and-future" all later ones as well (RANGE; RFC 5545, 3.2.13). Not sent to devices. */
  readonly recurrenceRange?: "this-and-future";
  readonly recurrence?: Recurrence;
  /** The unmodified starts of what is left out of the series. Not sent to devices: the appointment has it once the user accepts. */
  readonly deletedOccurrencesMs?: readonly number[];
  /** Occurrences of the series that are not as the rest. Not sent to devices: the appointment has them once the user accepts. */
  readonly changedOccurrences?: readonly ChangedOccurrence[];
  readonly location?: ItemLocation;
  /** `"Name" <user@host>`. */
  readonly organizer?: string;
  /** Who is invited. Not sent to devices: the appointment has it once the user accepts. */
  readonly attendees?: readonly Attendee[];
  /** Before the start, in seconds. */
  readonly reminderSeconds?: number;
  readonly responseRequested?: boolean;
  readonly sensitivity?: Sensitivity;
  /** Default "tentative". */
  readonly busyStatus?: BusyStatus;
  /** The TimeZone structure ([MS-ASDTYPE] 2.7.6) in base64. Default UTC. */
  readonly timezone?: string;
  readonly disallowNewTimeProposal?: boolean;
  /** [MS-ASEMAIL] 2.2.2.47; default "unspecified". A device must not answer a "delegated" one. */
  readonly meetingMessageType?:
    | "unspecified"
    | "initial"
    | "full-update"
    | "informational"
    | "outdated"
    | "delegator-copy"
    | "delegated";
  /** Another time that an attendee proposes; devices see it from version 16.1 on. */
  readonly proposedStartTimeMs?: number;
  readonly proposedEndTimeMs?: number;
}
