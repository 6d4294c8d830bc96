import { calendarMessage } from "../../icalendar/calendar-message.js";
import { type TimeForm, timeLine, utcText } from "../../icalendar/calendar-time.js";
import { contentLine, textValue } from "../../icalendar/content-line.js";
import type { CalendarItem } from "../../mailbox/items/calendar.js";
import type { ResponseMail, UserResponse } from "./request.js";

/** What the organizer is told. */
export interface MeetingReply {
  readonly appointment: CalendarItem;
  readonly organizer: string;
  /** The address under which the user was invited. */
  readonly attendee: string;
  readonly response: UserResponse;
  readonly instanceMs: number | undefined;
  /** Of the revision that is answered; undefined when it is not known. */
  readonly sequence: number | undefined;
  readonly mail: ResponseMail;
  readonly nowMs: number;
}

const words = { accepted: "Accepted", tentative: "Tentative", declined: "Declined" } as const;
const partStats = { accepted: "ACCEPTED", tentative: "TENTATIVE", declined: "DECLINED" } as const;

/** The answer to an invitation as a message (RFC 6047): a REPLY, or a COUNTER where another time is proposed. */
export function replyMessage(reply: MeetingReply): Buffer {
  const { appointment, organizer, attendee, response, mail } = reply;
  const method = mail.proposed === undefined ? "REPLY" : "COUNTER";
  const title = mail.proposed === undefined ? words[response] : "New Time Proposed";
  return calendarMessage({
    from: attendee,
    to: organizer,
    subject: `${title}: ${appointment.subject ?? ""}`,
    text: mail.body ?? { type: "plain", data: "" },
    method,
    calendar: calendarOf(reply, method),
  });
}

function calendarOf(reply: MeetingReply, method: string): readonly string[] {
  const { appointment, organizer, attendee, response, instanceMs, sequence, mail, nowMs } = reply;
  const form: TimeForm = appointment.allDayEvent === true ? { kind: "date" } : { kind: "utc" };
  const length = appointment.endTimeMs - appointment.startTimeMs;
  const startMs = mail.proposed?.startMs ?? instanceMs ?? appointment.startTimeMs;
  const endMs = mail.proposed?.endMs ?? startMs + length;
  const timeForm: TimeForm = mail.proposed === undefined ? form : { kind: "utc" };
  return [
    "BEGIN:VCALENDAR",
    "PRODID:-//direct-push//MeetingResponse//EN",
    "VERSION:2.0",
    `METHOD:${method}`,
    "BEGIN:VEVENT",
    contentLine("UID", textValue(appointment.uid ?? "")),
    contentLine("DTSTAMP", utcText(nowMs)),
    ...(sequence === undefined ? [] : [contentLine("SEQUENCE", String(sequence))]),
    timeLine("DTSTART", startMs, timeForm),
    timeLine("DTEND", endMs, timeForm),
    ...(instanceMs === undefined ? [] : [timeLine("RECURRENCE-ID", instanceMs, form)]),
    contentLine("ORGANIZER", `mailto:${organizer}`),
    contentLine("ATTENDEE", `mailto:${attendee}`, { PARTSTAT: partStats[response] }),
    contentLine("SUMMARY", textValue(appointment.subject ?? "")),
    "END:VEVENT",
    "END:VCALENDAR",
  ];
}
