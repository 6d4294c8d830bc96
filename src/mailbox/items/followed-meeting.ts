import { addressOf } from "./address-text.js";
import type { Attendee, CalendarItem, ChangedOccurrence } from "./calendar.js";
import type { EmailItem } from "./email.js";
import type { MeetingRequest } from "./meeting-request.js";
import { occurrencesWithin } from "./occurrences.js";

/** What is looked at of a mail. */
type MeetingMail = Pick<EmailItem, "from" | "messageClass" | "meetingRequest">;
/** What of a meeting a mail changes. */
type MeetingNews = { readonly kind: "cancelled" } | { readonly kind: "answered"; readonly status: Answer };
type Answer = NonNullable<Attendee["status"]>;
/** What an appointment and its changed occurrences have in common, for those who are invited. */
type Invited = Pick<CalendarItem, "attendees">;

const news: ReadonlyMap<string, MeetingNews> = new Map<string, MeetingNews>([
  ["ipm.schedule.meeting.canceled", { kind: "cancelled" }],
  ["ipm.schedule.meeting.resp.pos", { kind: "answered", status: "accepted" }],
  ["ipm.schedule.meeting.resp.tent", { kind: "answered", status: "tentative" }],
  ["ipm.schedule.meeting.resp.neg", { kind: "answered", status: "declined" }],
]);

/** Bits of a MeetingStatus ([MS-ASCAL] 2.2.2.28). */
const meeting = 1;
const received = 2;
const cancelled = 4;

/**
 * An appointment after a mail about its meeting: of the organizer's, with what an attendee answered (a REPLY, or a COUNTER with the time that is proposed);
 * of an attendee's, cancelled (a CANCEL): `meetingStatus` 7, free, and without a reminder, as devices know it from Exchange. A mail about one occurrence
 * changes that occurrence; a CANCEL of one and all later ones (RANGE=THISANDFUTURE) ends the series with that one, which is cancelled. For a mailbox that receives mail and keeps calendars: it looks for the appointment with the `meetingRequest.uid` of what
 * arrives, and stores what this returns.
 *
 * A mail counts if it is from whom it speaks for: the organizer that the appointment names, or an attendee who is invited. What is older than what is
 * known changes nothing, in whichever order mails arrive (RFC 5546, 2.1.5): a REPLY before a newer one of the same attendee, a CANCEL before the
 * invitation that was accepted, and what is about an earlier revision of the meeting.
 *
 * @param mail as `parseMessage` of `direct-push/mime` makes it.
 * @param stored the appointment with its UID.
 * @returns undefined when the mail changes nothing.
 */
export function followedMeeting(
  mail: Pick<EmailItem, "from" | "messageClass" | "meetingRequest">,
  stored: CalendarItem,
): CalendarItem | undefined {
  const { meetingRequest: about, messageClass = "" } = mail;
  const told = news.get(messageClass.toLowerCase());
  if (told === undefined || about === undefined || about.uid !== stored.uid) return undefined;
  if ((about.sequence ?? Infinity) < sequenceOf(stored, about.recurrenceIdMs)) return undefined;
  return told.kind === "cancelled"
    ? cancelledMeeting(mail, about, stored)
    : answeredMeeting(mail, about, stored, told.status);
}

/** The revision that the calendar has: an occurrence has its own. */
function sequenceOf(
  { sequence = 0, exceptions = [] }: CalendarItem,
  recurrenceIdMs: number | undefined,
): number {
  const exception = exceptions.find(({ originalStartMs }) => originalStartMs === recurrenceIdMs);
  return exception?.sequence ?? sequence;
}

function cancelledMeeting(
  mail: MeetingMail,
  about: MeetingRequest,
  stored: CalendarItem,
): CalendarItem | undefined {
  const { meetingStatus = 0, organizerEmail, recurrence } = stored;
  if ((meetingStatus & received) === 0 || organizerEmail === undefined) return undefined;
  const speakers = [mail.from, about.organizer ?? mail.from].map(addressOf);
  if (!speakers.every((one) => isSame(one, organizerEmail)) || isOlder(about, stored)) return undefined;
  const { startTimeMs, dtStampMs, sequence, recurrenceRange } = about;
  const isRange = recurrenceRange !== undefined;
  // From the first occurrence on is all of them.
  const isWhole = isRange && (about.recurrenceIdMs ?? Infinity) <= stored.startTimeMs;
  const recurrenceIdMs = isWhole ? undefined : about.recurrenceIdMs;
  const mark = { meetingStatus: meetingStatus | meeting | cancelled, busyStatus: "free", dtStampMs } as const;
  if (recurrenceIdMs !== undefined && recurrence !== undefined) {
    const marked = withOccurrence(stored, recurrenceIdMs, () => ({ ...mark, reminderMinutes: null }));
    return isRange ? endedWith(marked ?? stored, recurrenceIdMs) : marked;
  }
  // Of a series the user may have one occurrence alone.
  const isOther = recurrenceIdMs !== undefined && ![recurrenceIdMs, startTimeMs].includes(stored.startTimeMs);
  if (isOther) return undefined;
  const { reminderMinutes: _, ...silent } = stored;
  return { ...silent, ...mark, ...(sequence !== undefined && { sequence }) };
}

function answeredMeeting(
  mail: MeetingMail,
  about: MeetingRequest,
  stored: CalendarItem,
  status: Answer,
): CalendarItem | undefined {
  const { meetingStatus = 0, recurrence } = stored;
  const from = addressOf(mail.from);
  const isTheirs = about.attendees?.some(({ email }) => isSame(email, from)) === true;
  if ((meetingStatus & received) !== 0 || !isTheirs) return undefined;
  const answered = ({ attendees }: Invited): Invited | undefined =>
    answeredBy(from, status, about, attendees);
  if (about.recurrenceIdMs !== undefined && recurrence !== undefined) {
    return withOccurrence(stored, about.recurrenceIdMs, (before) =>
      answered(before?.attendees === undefined ? stored : before),
    );
  }
  const changed = answered(stored);
  return changed && { ...stored, ...changed };
}

/** A series after a change of one occurrence; undefined when the series has none then, or not any more, or it does not change. */
function withOccurrence(
  series: CalendarItem,
  originalStartMs: number,
  change: (before: ChangedOccurrence | undefined) => Partial<ChangedOccurrence> | undefined,
): CalendarItem | undefined {
  const { exceptions = [] } = series;
  const before = exceptions.find((exception) => exception.originalStartMs === originalStartMs);
  if (before?.deleted === true || (before === undefined && !begins(series, originalStartMs)))
    return undefined;
  const changed = change(before);
  if (changed === undefined) return undefined;
  const one: ChangedOccurrence = { ...before, ...changed, deleted: false, originalStartMs };
  return { ...series, exceptions: [...exceptions.filter((other) => other !== before), one] };
}

/** A series that ends with one of its occurrences; undefined when it has none then. */
function endedWith(series: CalendarItem, lastStartMs: number): CalendarItem | undefined {
  const { recurrence, exceptions } = series;
  if (recurrence === undefined || !begins(series, lastStartMs)) return undefined;
  const kept = exceptions?.filter(({ originalStartMs }) => originalStartMs <= lastStartMs);
  return {
    ...series,
    recurrence: { ...recurrence, end: { kind: "until", untilMs: lastStartMs } },
    ...(kept !== undefined && { exceptions: kept }),
  };
}

/** Whether an occurrence begins then by the rule of the series. */
function begins(series: CalendarItem, startMs: number): boolean {
  const { exceptions: _, timezone, ...rule } = series;
  // All-day events are dates, which no time zone moves.
  const isZoned = series.allDayEvent !== true && timezone !== undefined;
  const found = occurrencesWithin(isZoned ? { ...rule, timezone } : rule, startMs - 1, startMs + 1);
  // Of a calendar system that is not known here the sender is believed.
  return found === undefined || found.some((occurrence) => occurrence.startMs === startMs);
}

/** Those who are invited, with the answer of one of them; undefined when that one is not, or has answered since. */
function answeredBy(
  address: string,
  status: Answer,
  { dtStampMs, proposedStartTimeMs, proposedEndTimeMs }: MeetingRequest,
  attendees: readonly Attendee[] = [],
): Invited | undefined {
  const known = attendees.find(({ email }) => isSame(email, address));
  if (known === undefined || dtStampMs < (known.answeredMs ?? 0)) return undefined;
  const { proposedStartTimeMs: _start, proposedEndTimeMs: _end, ...invited } = known;
  const answered: Attendee = {
    ...invited,
    status,
    answeredMs: dtStampMs,
    ...(proposedStartTimeMs !== undefined && { proposedStartTimeMs }),
    ...(proposedEndTimeMs !== undefined && { proposedEndTimeMs }),
  };
  return { attendees: attendees.map((one) => (one === known ? answered : one)) };
}

/** Whether a mail was made before the revision that the user has; it is one of the same revision, or of a later one. */
function isOlder({ sequence, dtStampMs }: MeetingRequest, stored: CalendarItem): boolean {
  const known = stored.sequence ?? 0;
  return (sequence ?? known) === known && dtStampMs < (stored.dtStampMs ?? 0);
}

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
