import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { ItemPlace } from "../item-reference.js";
import type { Mailbox } from "../mailbox.js";

/** An optional ability of a {@link Mailbox}: finding the appointment of a meeting, for MeetingResponse ([MS-ASCMD] 2.2.1.11). */
export interface MailboxMeetings {
  /** Where the user's appointment with an iCalendar UID is; undefined when there is none. Compared exactly. */
  meetingByUid(mailbox: MailboxRef, uid: string): Promise<ItemPlace | undefined>;
}

/** The mailbox's {@link MailboxMeetings}; undefined when it has none. */
export function meetingsOf(mailbox: Mailbox): MailboxMeetings | undefined {
  const able = mailbox as Mailbox & Partial<MailboxMeetings>;
  return typeof able.meetingByUid === "function" ? (able as MailboxMeetings) : undefined;
}
