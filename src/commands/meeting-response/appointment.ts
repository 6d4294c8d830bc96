import { addressOf, nameOf } from "../../mailbox/items/address-text.js";
import type { CalendarException, CalendarItem, ChangedOccurrence } from "../../mailbox/items/calendar.js";
import type { EmailItem } from "../../mailbox/items/email.js";
import type { MeetingRequest } from "../../mailbox/items/meeting-request.js";
import type { UserResponse } from "./request.js";

/** A mail that invites. */
export type InvitationMail = EmailItem & { readonly meetingRequest: MeetingRequest };

/** A meeting (1) that was received (2). */
const receivedMeeting = 3;

/** The appointment of an invitation, not answered yet; what the user made of an earlier one stays. */
export function invitedAppointment(mail: InvitationMail, stored: CalendarItem | undefined): CalendarItem {
  const { meetingRequest: meeting, subject, body } = mail;
  const { organizer, recurrence, reminderSeconds } = meeting;
  const reminderMinutes = reminderSeconds === undefined ? undefined : Math.round(reminderSeconds / 60);
  const exceptions = recurrence === undefined ? [] : invitedExceptions(meeting, stored?.exceptions ?? []);
  const { mime: _mime, ...shown } = body ?? { native: "plain" as const };
  const { recurrence: _recurrence, exceptions: _exceptions, ...before } = stored ?? { class: "Calendar" };
  return {
    ...(reminderMinutes !== undefined && { reminderMinutes }),
    ...before,
    class: "Calendar",
    subject,
    uid: meeting.uid,
    startTimeMs: meeting.startTimeMs,
    endTimeMs: meeting.endTimeMs,
    allDayEvent: meeting.allDayEvent ?? false,
    dtStampMs: meeting.dtStampMs,
    meetingStatus: receivedMeeting,
    organizerEmail: addressOf(organizer ?? mail.from),
    organizerName: nameOf(organizer ?? mail.from),
    busyStatus: meeting.busyStatus ?? "busy",
    ...(body !== undefined && { body: shown }),
    ...(meeting.sequence !== undefined && { sequence: meeting.sequence }),
    ...(meeting.location !== undefined && { location: meeting.location }),
    ...(meeting.timezone !== undefined && { timezone: meeting.timezone }),
    ...(meeting.sensitivity !== undefined && { sensitivity: meeting.sensitivity }),
    ...(meeting.attendees !== undefined && { attendees: meeting.attendees }),
    ...(meeting.responseRequested !== undefined && { responseRequested: meeting.responseRequested }),
    ...(meeting.disallowNewTimeProposal !== undefined && {
      disallowNewTimeProposal: meeting.disallowNewTimeProposal,
    }),
    ...(recurrence !== undefined && { recurrence }),
    ...(exceptions.length > 0 && { exceptions }),
  };
}

/** What the organizer says of single occurrences, over what the user has made of them: an answer stays, and so does what the user has removed. */
function invitedExceptions(
  { deletedOccurrencesMs = [], changedOccurrences = [] }: MeetingRequest,
  kept: readonly CalendarException[],
): readonly CalendarException[] {
  const exceptions = new Map(kept.map((exception) => [exception.originalStartMs, exception]));
  for (const originalStartMs of deletedOccurrencesMs) {
    exceptions.set(originalStartMs, { deleted: true, originalStartMs });
  }
  for (const changed of changedOccurrences) {
    const before = exceptions.get(changed.originalStartMs);
    if (before?.deleted !== true) exceptions.set(changed.originalStartMs, { ...before, ...changed });
  }
  return [...exceptions.values()];
}

/** The appointment with the user's answer; undefined: it is removed. */
export function answeredAppointment(
  appointment: CalendarItem,
  response: UserResponse,
  nowMs: number,
): CalendarItem | undefined {
  if (response === "declined") return undefined;
  return { ...appointment, ...answerOf(response, appointment.busyStatus, nowMs) };
}

/** A series with the user's answer to one occurrence; `changed` is what is different about it. */
export function answeredOccurrence(
  series: CalendarItem,
  originalStartMs: number,
  changed: Partial<ChangedOccurrence>,
  response: UserResponse,
  nowMs: number,
): CalendarItem {
  const exceptions = series.exceptions ?? [];
  const before = exceptions.find((exception) => exception.originalStartMs === originalStartMs);
  const answered: CalendarException =
    response === "declined"
      ? { deleted: true, originalStartMs }
      : {
          ...(before?.deleted === false ? before : {}),
          ...changed,
          deleted: false,
          originalStartMs,
          ...answerOf(response, series.busyStatus, nowMs),
        };
  return { ...series, exceptions: [...exceptions.filter((one) => one !== before), answered] };
}

function answerOf(
  response: Exclude<UserResponse, "declined">,
  busyStatus: CalendarItem["busyStatus"],
  nowMs: number,
): Pick<CalendarItem, "busyStatus" | "responseType" | "appointmentReplyTimeMs"> {
  // What was tentative for want of an answer is busy with one.
  const meant = busyStatus === undefined || busyStatus === "tentative" ? "busy" : busyStatus;
  return {
    busyStatus: response === "tentative" ? "tentative" : meant,
    responseType: response,
    appointmentReplyTimeMs: nowMs,
  };
}
