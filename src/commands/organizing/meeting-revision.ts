import type { Attendee, CalendarException, CalendarItem } from "../../mailbox/items/calendar.js";
import { occurrenceItem } from "../../mailbox/items/occurrence-item.js";
import { meetingChange } from "./meeting-change.js";
import { hasAttendees, invitedTo, type Organizer } from "./organizer.js";

/** The bit of a MeetingStatus ([MS-ASCAL] 2.2.2.28) that says that there are attendees. */
const meeting = 1;

/**
 * A meeting as its organizer's calendar has it once all are told: with the organizer, and with the number of the revision (RFC 5546, 2.1.4), which is a new one for another time or place and
 * when it is called off, and has no answers yet.
 *
 * @param before undefined for a new one.
 * @param after with a UID.
 */
export function revisedMeeting(
  before: CalendarItem | undefined,
  after: CalendarItem,
  organizer: Organizer,
): CalendarItem {
  const was = invitedTo(before, organizer);
  const is = invitedTo(after, organizer);
  const isNew = isNewRevision(before, after, was.size > 0, is.size > 0);
  const sequence = (before?.sequence ?? 0) + (isNew ? 1 : 0);
  const [primary = ""] = organizer.addresses;
  const { attendees, meetingStatus = 0, organizerEmail = "", organizerName = "" } = after;
  const asked = isNew && attendees !== undefined ? unanswered(attendees) : attendees;
  return {
    ...withExceptions(before, after, organizer),
    sequence,
    // Who takes the last one off makes an appointment of it.
    meetingStatus: hasAttendees(after) ? meetingStatus | meeting : meetingStatus,
    organizerEmail: organizerEmail.trim() === "" ? primary : organizerEmail,
    ...(organizerName === "" && organizer.name !== "" ? { organizerName: organizer.name } : {}),
    responseType: "organizer",
    ...(asked === undefined ? {} : { attendees: asked }),
  };
}

function isNewRevision(
  before: CalendarItem | undefined,
  after: CalendarItem,
  wasOn: boolean,
  isOn: boolean,
): boolean {
  if (before === undefined) return false;
  // Called off; or on again, which those who were told that it is off must not take for something older.
  if (wasOn !== isOn) return wasOn || before.sequence !== undefined;
  return wasOn && meetingChange(before, after) === "schedule";
}

function withExceptions(
  before: CalendarItem | undefined,
  after: CalendarItem,
  organizer: Organizer,
): CalendarItem {
  const { exceptions } = after;
  if (exceptions === undefined) return after;
  const revised = exceptions.map((one) => revisedException(before, after, one, organizer));
  return { ...after, exceptions: revised };
}

/** An occurrence has revisions of its own: whoever answers the series meanwhile does not answer an older one. */
function revisedException(
  before: CalendarItem | undefined,
  after: CalendarItem,
  exception: CalendarException,
  organizer: Organizer,
): CalendarException {
  const { originalStartMs } = exception;
  const followed = before === undefined ? exception : withListedPeople(before, after, exception);
  const earlier = before?.recurrence === undefined ? undefined : occurrenceItem(before, originalStartMs);
  const later = occurrenceItem({ ...after, exceptions: [followed] }, originalStartMs);
  const wasOn = invitedTo(earlier, organizer).size > 0;
  const isOn = invitedTo(later, organizer).size > 0;
  const prior = before?.exceptions?.find((one) => one.originalStartMs === originalStartMs);
  const isOther =
    earlier === undefined || later === undefined || meetingChange(earlier, later) === "schedule";
  if (!(wasOn || isOn) || !isOther || (earlier === undefined && later === undefined)) return followed;
  const sequence = Math.max(prior?.sequence ?? 0, before?.sequence ?? 0) + 1;
  if (followed.deleted) return { ...followed, sequence };
  const attendees = followed.attendees ?? after.attendees;
  return { ...followed, sequence, ...(attendees === undefined ? {} : { attendees: unanswered(attendees) }) };
}

/** Who is invited to the series, or is not any more, is so to an occurrence that lists its people itself. */
function withListedPeople(
  before: CalendarItem,
  after: CalendarItem,
  exception: CalendarException,
): CalendarException {
  if (exception.deleted || exception.attendees === undefined) return exception;
  const addressesOf = (attendees: readonly Attendee[] = []): Set<string> =>
    new Set(attendees.map(({ email }) => email.trim().toLowerCase()));
  const was = addressesOf(before.attendees);
  const is = addressesOf(after.attendees);
  const listed = addressesOf(exception.attendees);
  const address = ({ email }: Attendee): string => email.trim().toLowerCase();
  const kept = exception.attendees.filter((one) => !was.has(address(one)) || is.has(address(one)));
  const added = (after.attendees ?? []).filter((one) => !was.has(address(one)) && !listed.has(address(one)));
  if (kept.length === exception.attendees.length && added.length === 0) return exception;
  return { ...exception, attendees: [...kept, ...added] };
}

function unanswered(attendees: readonly Attendee[]): readonly Attendee[] {
  return attendees.map(({ email, name, type }) => ({
    email,
    name,
    ...(type === undefined ? {} : { type }),
    status: "not-responded",
  }));
}
