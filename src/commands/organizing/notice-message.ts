import { type CalendarMessage, calendarMessage, encodedWords } from "../../icalendar/calendar-message.js";
import type { TimeForm } from "../../icalendar/calendar-time.js";
import { calendarZone } from "../../icalendar/calendar-zone.js";
import { descriptionOf, type MeetingEvent, meetingEventLines } from "../../icalendar/meeting-event.js";
import type { Attendee, CalendarItem } from "../../mailbox/items/calendar.js";
import { occurrenceItem } from "../../mailbox/items/occurrence-item.js";
import type { MeetingNotice } from "../../state/unsent-notices.js";
import { invitedTo, type Organizer } from "./organizer.js";

/** The message of a notice about a meeting as it is in the organizer's calendar. */
export function noticeMessage(
  notice: MeetingNotice,
  meeting: CalendarItem,
  organizer: Organizer,
  nowMs: number,
): Buffer {
  const told = toldItem(meeting, notice.originalStartMs);
  const recipients = recipientsOf(notice, told.item);
  const isCancel = notice.method === "cancel";
  const email = organizerOf(meeting, organizer);
  const people = isCancel ? recipients : (told.item.attendees ?? []);
  const isCancelled = isCancel && (told.isRemoved || invitedTo(told.item, organizer).size === 0);
  const common = { organizer: email, nowMs, isCancelled };
  const event = eventOf(meeting, told, { ...common, attendees: people });
  const isSeries = notice.originalStartMs === undefined && !isCancel;
  const occurrences = isSeries ? changedOccurrences(meeting, common) : [];
  const events = [event, ...occurrences];
  const { subject = "", body } = told.item;
  const method = isCancel ? ("CANCEL" as const) : ("REQUEST" as const);
  const message: CalendarMessage = {
    from: addressText(email.name, email.email),
    ...headersOf(recipients),
    subject: isCancelled ? `Canceled: ${subject}` : subject,
    text:
      body?.plain === undefined && body?.html !== undefined
        ? { type: "html", data: body.html.data }
        : { type: "plain", data: descriptionOf(told.item) },
    method,
    calendar: [
      "BEGIN:VCALENDAR",
      "PRODID:-//direct-push//Meetings//EN",
      "VERSION:2.0",
      `METHOD:${method}`,
      ...zoneLines(events),
      ...events.flatMap(meetingEventLines),
      "END:VCALENDAR",
    ],
  };
  return calendarMessage(message);
}

/** What a notice is about. */
interface ToldItem {
  readonly item: CalendarItem;
  readonly sequence: number;
  readonly originalStartMs: number | undefined;
  readonly isRemoved: boolean;
}

function toldItem(meeting: CalendarItem, originalStartMs: number | undefined): ToldItem {
  const { sequence = 0, exceptions = [] } = meeting;
  if (originalStartMs === undefined) return { item: meeting, sequence, originalStartMs, isRemoved: false };
  const exception = exceptions.find((one) => one.originalStartMs === originalStartMs);
  const own = exception?.sequence ?? sequence;
  const item = occurrenceItem(meeting, originalStartMs);
  if (item !== undefined) return { item, sequence: own, originalStartMs, isRemoved: false };
  // One that was removed is told of as it was by the rule of the series.
  const ruled = occurrenceItem({ ...meeting, exceptions: [] }, originalStartMs) ?? meeting;
  return { item: ruled, sequence: own, originalStartMs, isRemoved: true };
}

type Common = Pick<MeetingEvent, "organizer" | "nowMs" | "isCancelled">;

function eventOf(
  meeting: CalendarItem,
  { item, sequence, originalStartMs }: ToldItem,
  more: Common & Pick<MeetingEvent, "attendees">,
): MeetingEvent {
  return {
    ...more,
    item,
    sequence,
    form: formOf(item),
    occurrence: originalStartMs === undefined ? undefined : { originalStartMs, form: formOf(meeting) },
  };
}

/** The occurrences of a series that are not as the rest. */
function changedOccurrences(meeting: CalendarItem, common: Common): readonly MeetingEvent[] {
  const changed = (meeting.recurrence === undefined ? [] : (meeting.exceptions ?? [])).filter(
    ({ deleted }) => !deleted,
  );
  return changed.map(({ originalStartMs }) => {
    const told = toldItem(meeting, originalStartMs);
    return eventOf(meeting, told, { ...common, attendees: told.item.attendees ?? [] });
  });
}

function formOf({ allDayEvent, timezone, startTimeMs }: CalendarItem): TimeForm {
  if (allDayEvent === true) return { kind: "date" };
  const zone = calendarZone(timezone, new Date(startTimeMs).getUTCFullYear());
  return zone === undefined ? { kind: "utc" } : { kind: "zone", zone };
}

/** All times of a meeting are in one zone. */
function zoneLines(events: readonly MeetingEvent[]): readonly string[] {
  const forms = events.flatMap(({ form, occurrence }) => [form, occurrence?.form ?? form]);
  const found = forms.find((form) => form.kind === "zone");
  return found?.kind === "zone" ? found.zone.lines : [];
}

function organizerOf(meeting: CalendarItem, { addresses, name }: Organizer): MeetingEvent["organizer"] {
  const [primary = ""] = addresses;
  const email = meeting.organizerEmail?.trim() || primary;
  return { email, name: meeting.organizerName || name };
}

/** Those who are told, as the meeting lists them; by their address alone where it does not any more. */
function recipientsOf({ recipients }: MeetingNotice, { attendees = [] }: CalendarItem): readonly Attendee[] {
  const listed = new Map(attendees.map((one) => [one.email.trim().toLowerCase(), one] as const));
  return recipients.map((email) => listed.get(email.toLowerCase()) ?? { email, name: "" });
}

function headersOf(recipients: readonly Attendee[]): Pick<CalendarMessage, "to" | "cc"> {
  const isFirst = ({ type = "required" }: Attendee): boolean => type === "required";
  const text = (people: readonly Attendee[]): string =>
    people.map(({ name, email }) => addressText(name, email.trim())).join(",\r\n ");
  const required = recipients.filter(isFirst);
  const others = recipients.filter((one) => !isFirst(one));
  if (required.length === 0) return { to: text(others) };
  return { to: text(required), ...(others.length > 0 && { cc: text(others) }) };
}

function addressText(name: string, email: string): string {
  const shown = name
    .replaceAll(/[\p{Cc}"\\]+/gu, " ")
    .trim()
    .slice(0, 256);
  if (shown === "" || shown === email) return email;
  const isPlain = /^[ -~]*$/.test(shown);
  return isPlain ? `"${shown}" <${email}>` : `${encodedWords(shown)}\r\n <${email}>`;
}
