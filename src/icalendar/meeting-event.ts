import type { Attendee, CalendarItem } from "../mailbox/items/calendar.js";
import { htmlToText } from "../mailbox/items/html-to-text.js";
import type { BusyStatus, Sensitivity } from "../mailbox/items/values.js";
import { type TimeForm, timeLine, utcText } from "./calendar-time.js";
import { contentLine, textValue } from "./content-line.js";
import { attendeeLine, isMailAddress, organizerLine } from "./meeting-people.js";
import { recurrenceRule } from "./recurrence-rule.js";

/** A meeting, or one occurrence of it, as its organizer tells of it. */
export interface MeetingEvent {
  /** Of one occurrence: with what is different about it, and without the recurrence. */
  readonly item: CalendarItem;
  readonly organizer: { readonly email: string; readonly name: string };
  /** Of those, whom it is told about. */
  readonly attendees: readonly Attendee[];
  readonly sequence: number;
  readonly nowMs: number;
  readonly isCancelled: boolean;
  readonly form: TimeForm;
  /** Which occurrence it is: the unmodified start, in the form of the series. */
  readonly occurrence: { readonly originalStartMs: number; readonly form: TimeForm } | undefined;
}

const classes: Readonly<Partial<Record<Sensitivity, string>>> = {
  personal: "PRIVATE",
  private: "PRIVATE",
  confidential: "CONFIDENTIAL",
};

const intended: Readonly<Record<BusyStatus, string>> = {
  free: "FREE",
  tentative: "TENTATIVE",
  busy: "BUSY",
  "out-of-office": "OOF",
  "working-elsewhere": "WORKINGELSEWHERE",
};

/** A VEVENT (RFC 5545, 3.6.1). */
export function meetingEventLines(event: MeetingEvent): readonly string[] {
  const { item, organizer, attendees, sequence, nowMs, isCancelled, form, occurrence } = event;
  const isAsked = item.responseRequested !== false && !isCancelled;
  const people = attendees.filter(({ email }) => isMailAddress(email.trim()));
  return [
    "BEGIN:VEVENT",
    contentLine("UID", textValue(item.uid ?? "")),
    contentLine("DTSTAMP", utcText(nowMs)),
    contentLine("SEQUENCE", String(sequence)),
    ...(occurrence === undefined
      ? []
      : [timeLine("RECURRENCE-ID", occurrence.originalStartMs, occurrence.form)]),
    timeLine("DTSTART", item.startTimeMs, form),
    timeLine("DTEND", item.endTimeMs, form),
    ...seriesLines(item, form),
    contentLine("SUMMARY", textValue(item.subject ?? "")),
    ...detailLines(item),
    organizerLine(organizer.email, organizer.name),
    ...people.map((attendee) => attendeeLine(attendee, isAsked)),
    ...statusLines(item, isCancelled),
    ...(isCancelled ? [] : reminderLines(item)),
    "END:VEVENT",
  ];
}

/** The text of an appointment's body; empty where it has none. */
export function descriptionOf({ body }: CalendarItem): string {
  return body?.plain?.data ?? (body?.html === undefined ? "" : htmlToText(body.html.data));
}

function seriesLines({ recurrence, exceptions = [] }: CalendarItem, form: TimeForm): readonly string[] {
  const rule = recurrence === undefined ? undefined : recurrenceRule(recurrence, form);
  if (rule === undefined) return [];
  const removed = exceptions.filter(({ deleted }) => deleted);
  const lines = removed.map(({ originalStartMs }) => timeLine("EXDATE", originalStartMs, form));
  return [contentLine("RRULE", rule), ...lines];
}

function detailLines(item: CalendarItem): readonly string[] {
  const place = item.location?.displayName ?? "";
  const description = descriptionOf(item);
  const sensitivity = classes[item.sensitivity ?? "normal"];
  return [
    ...(place === "" ? [] : [contentLine("LOCATION", textValue(place))]),
    ...(description === "" ? [] : [contentLine("DESCRIPTION", textValue(description))]),
    ...(sensitivity === undefined ? [] : [contentLine("CLASS", sensitivity)]),
    ...(item.disallowNewTimeProposal === true ? ["X-MICROSOFT-DISALLOW-COUNTER:TRUE"] : []),
  ];
}

function statusLines({ busyStatus = "busy" }: CalendarItem, isCancelled: boolean): readonly string[] {
  const status = isCancelled ? "CANCELLED" : "CONFIRMED";
  const isFree = isCancelled || busyStatus === "free";
  return [
    `STATUS:${status}`,
    `TRANSP:${isFree ? "TRANSPARENT" : "OPAQUE"}`,
    `X-MICROSOFT-CDO-INTENDEDSTATUS:${isCancelled ? "FREE" : intended[busyStatus]}`,
  ];
}

function reminderLines({ reminderMinutes }: CalendarItem): readonly string[] {
  if (reminderMinutes === undefined) return [];
  const alarm = ["ACTION:DISPLAY", "DESCRIPTION:Reminder", `TRIGGER:-PT${reminderMinutes}M`];
  return ["BEGIN:VALARM", ...alarm, "END:VALARM"];
}
