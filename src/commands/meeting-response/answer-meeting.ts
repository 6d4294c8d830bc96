import { DirectPushError } from "../../errors.js";
import { meetingsOf } from "../../mailbox/abilities/meetings.js";
import type { ItemPlace } from "../../mailbox/item-reference.js";
import type { CalendarItem } from "../../mailbox/items/calendar.js";
import type { MailSubmission } from "../../mailbox/mail-submission.js";
import type { ItemView } from "../../mailbox/mailbox.js";
import { CommonStatus } from "../../protocol/status.js";
import { isAtLeast } from "../../protocol/version.js";
import { digestOf } from "../../state/digest-of.js";
import { type MeetingAnswer, readMeetingAnswer, rememberMeetingAnswer } from "../../state/meeting-answers.js";
import type { CommandContext } from "../command.js";
import { composeMail, type ReadyMail, senderAddresses, submitMail } from "../sending/outgoing-mail.js";
import { sendOnce } from "../sending/send-once.js";
import { userInformation } from "../user-information.js";
import {
  answeredAppointment,
  answeredOccurrence,
  type InvitationMail,
  invitedAppointment,
} from "./appointment.js";
import { replyMessage } from "./reply-message.js";
import type { MeetingResponseRequest } from "./request.js";

/** Statuses of [MS-ASCMD] 2.2.3.177.9. */
export const MeetingStatus = { Success: 1, Invalid: 2, MailboxError: 3, ServerError: 4 } as const;

/** How one request is answered. */
export interface MeetingResult {
  readonly status: number;
  readonly calendarId?: string;
}

/** What is answered. */
interface Meeting {
  /** Undefined when it is answered in the calendar. */
  readonly mail: InvitationMail | undefined;
  /** Undefined when it is not in the calendar. */
  readonly place: ItemPlace | undefined;
  readonly version: string | undefined;
  readonly appointment: CalendarItem;
}

const view: ItemView = {
  withBody: true,
  bodies: (["html", "plain"] as const).map((type) => ({
    type,
    truncationBytes: undefined,
    allOrNone: false,
    previewCharacters: 0,
  })),
};

/**
 * Answers one meeting: tells the organizer if it is wanted, keeps the appointment or removes it, and puts the request among the deleted mails. A repeat
 * of an answer does what is left of it.
 */
export async function answerMeeting(
  request: MeetingResponseRequest,
  context: CommandContext,
): Promise<MeetingResult> {
  const { state, device } = context;
  const subject = digestOf([request.place.folder, request.place.item, request.instanceMs ?? ""]);
  const digest = digestOf(request);
  const last = await readMeetingAnswer(state, device.user, device.id, subject);
  if (last?.digest === digest && (await stands(request, last, context))) {
    await putAway(request, context);
    const { isUnfinished, ...finished } = last;
    if (isUnfinished === true) await rememberMeetingAnswer(state, device.user, device.id, finished);
    return success(request, last);
  }
  const meeting = await meetingAt(request.place, context);
  if (meeting === undefined) return { status: MeetingStatus.Invalid };
  const { mail, appointment } = meeting;
  const isOccurrence = request.instanceMs !== undefined;
  if (isOccurrence && appointment.recurrence === undefined) {
    return { status: CommonStatus.NoRecurrenceInCalendar };
  }
  const isLeft = last?.digest === digest && last.isUnfinished === true;
  const token = isLeft ? last.token : digestOf([device.user, device.id, subject, digest, last?.token ?? ""]);
  const refusal = await tellOrganizer(request, meeting, token, context);
  if (refusal !== undefined) return { status: refusal };
  const instanceMs = request.instanceMs ?? mail?.meetingRequest.recurrenceIdMs;
  const answered = answeredItem(request, meeting, instanceMs, context.clock.now());
  const written = await write(meeting, answered, token, context);
  if (written === "refused") return { status: MeetingStatus.MailboxError };
  const kept = written && { calendarId: written.item, calendarFolder: written.folder };
  const answer = { subject, digest, token, ...kept };
  await rememberMeetingAnswer(state, device.user, device.id, { ...answer, isUnfinished: true });
  await putAway(request, context);
  await rememberMeetingAnswer(state, device.user, device.id, answer);
  return success(request, answer);
}

function success(
  { response }: MeetingResponseRequest,
  { calendarId }: Pick<MeetingAnswer, "calendarId">,
): MeetingResult {
  const isNamed = response !== "declined" && calendarId !== undefined;
  return { status: MeetingStatus.Success, ...(isNamed && { calendarId }) };
}

/** Whether an earlier answer is still what the calendar says: nobody has changed it since, and a repeat has nothing to do. */
async function stands(
  { response, place, instanceMs }: MeetingResponseRequest,
  { calendarFolder: folder, calendarId: id }: MeetingAnswer,
  context: CommandContext,
): Promise<boolean> {
  const { mailbox, mailboxRef } = context;
  const isGone = (await mailbox.itemVersion(mailboxRef, place.folder, place.item)) === undefined;
  if (folder === undefined || id === undefined) return isGone || !(await isInCalendar(place, context));
  const item = await mailbox.item(mailboxRef, folder, id, view);
  if (item?.class !== "Calendar" || isGone) return item !== undefined;
  if (instanceMs === undefined) return item.responseType === response;
  const exception = item.exceptions?.find(({ originalStartMs }) => originalStartMs === instanceMs);
  if (exception?.deleted === false) return exception.responseType === response;
  return exception !== undefined && response === "declined";
}

/** Whether there is an appointment of the meeting that a mail is about. */
async function isInCalendar(mail: ItemPlace, { mailbox, mailboxRef }: CommandContext): Promise<boolean> {
  const item = await mailbox.item(mailboxRef, mail.folder, mail.item, view);
  const uid = item?.class === "Email" ? item.meetingRequest?.uid : undefined;
  return uid !== undefined && (await meetingsOf(mailbox)?.meetingByUid(mailboxRef, uid)) !== undefined;
}

/**
 * Undefined for what cannot be answered: no request, not for the user to answer, or in the calendar in 12.1. It should be so below 14.1
 * ([MS-ASCMD] 2.2.1.11), but Outlook answers in the calendar with 14.0, and has no other way.
 */
async function meetingAt(place: ItemPlace, context: CommandContext): Promise<Meeting | undefined> {
  const { mailbox, mailboxRef, device } = context;
  const folder = (await mailbox.folders(mailboxRef)).find(({ id }) => id === place.folder);
  const item = folder && (await mailbox.item(mailboxRef, place.folder, place.item, view));
  if (item?.class === "Calendar") {
    // The bit 2: received, and not the user's own.
    const isInvited = ((item.meetingStatus ?? 0) & 2) !== 0 && isAtLeast(device.version, "14.0");
    const found = await mailbox.itemVersion(mailboxRef, place.folder, place.item);
    return isInvited ? { mail: undefined, place, version: found?.version, appointment: item } : undefined;
  }
  if (item?.class !== "Email" || item.meetingRequest === undefined) return undefined;
  const { meetingRequest, messageClass } = item;
  const isRequest = messageClass?.toLowerCase() === "ipm.schedule.meeting.request";
  if (!isRequest || meetingRequest.meetingMessageType === "delegated") return undefined;
  const invitation = { ...item, meetingRequest };
  const known = await meetingsOf(mailbox)?.meetingByUid(mailboxRef, meetingRequest.uid);
  const stored = known && (await mailbox.item(mailboxRef, known.folder, known.item, view));
  const version = known && (await mailbox.itemVersion(mailboxRef, known.folder, known.item))?.version;
  if (known === undefined || stored?.class !== "Calendar") {
    const appointment = invitedAppointment(invitation, undefined);
    return { mail: invitation, place: undefined, version: undefined, appointment };
  }
  // One occurrence of a series that is in the calendar: the rest of the series is as it was.
  const isPart = meetingRequest.recurrenceIdMs !== undefined && stored.recurrence !== undefined;
  const appointment = isPart ? stored : invitedAppointment(invitation, stored);
  return { mail: invitation, place: known, version, appointment };
}

function answeredItem(
  { response }: MeetingResponseRequest,
  { mail, appointment }: Meeting,
  instanceMs: number | undefined,
  nowMs: number,
): CalendarItem | undefined {
  if (instanceMs === undefined || appointment.recurrence === undefined) {
    return answeredAppointment(appointment, response, nowMs);
  }
  const invited = mail?.meetingRequest.recurrenceIdMs === undefined ? undefined : mail;
  const { startTimeMs, endTimeMs, location, sequence } = invited?.meetingRequest ?? {};
  const changed = {
    ...(sequence !== undefined && { sequence }),
    ...(invited !== undefined && { subject: invited.subject }),
    ...(startTimeMs !== undefined && { startTimeMs }),
    ...(endTimeMs !== undefined && { endTimeMs }),
    ...(location !== undefined && { location }),
  };
  return answeredOccurrence(appointment, instanceMs, changed, response, nowMs);
}

/** Where the appointment is, if there is one. */
async function write(
  { place, version }: Meeting,
  item: CalendarItem | undefined,
  token: string,
  { mailbox, mailboxRef }: CommandContext,
): Promise<ItemPlace | undefined | "refused"> {
  if (place !== undefined && item !== undefined) {
    const update = { kind: "replace", item } as const;
    const updated = await mailbox.update(mailboxRef, place.folder, place.item, update, version);
    return updated.kind === "updated" ? place : "refused";
  }
  if (place !== undefined) {
    const { kind } = await mailbox.delete(mailboxRef, place.folder, place.item);
    return kind === "deleted" || kind === "not-found" ? undefined : "refused";
  }
  if (item === undefined) return undefined;
  const calendar = (await mailbox.folders(mailboxRef)).find(({ kind }) => kind === "calendar");
  if (calendar === undefined) return "refused";
  const created = await mailbox.create(mailboxRef, calendar.id, item, `meeting ${token}`);
  return created.kind === "created" ? { folder: calendar.id, item: created.id } : "refused";
}

/** The request mail goes to the deleted ones, as with Exchange; but not while the series as a whole is unanswered. */
async function putAway(
  { place, instanceMs }: MeetingResponseRequest,
  { mailbox, mailboxRef, events }: CommandContext,
): Promise<void> {
  const folders = await mailbox.folders(mailboxRef);
  const folder = folders.find(({ id }) => id === place.folder);
  const deleted = folders.find(({ kind }) => kind === "deleted");
  const isMail = folder !== undefined && ["inbox", "user-mail"].includes(folder.kind);
  if (!isMail || deleted === undefined || instanceMs !== undefined) return;
  const { kind } = await mailbox.move(mailboxRef, place.folder, place.item, deleted.id);
  if (kind === "moved" || kind === "not-found") return;
  events.sourceFailed(new Error(`A meeting request that was answered stays where it is: ${kind}`));
}

/** The status with which it fails; undefined when the mail is out, or none is wanted. */
async function tellOrganizer(
  { response, mail, instanceMs }: MeetingResponseRequest,
  { appointment, mail: invitation }: Meeting,
  token: string,
  context: CommandContext,
): Promise<number | undefined> {
  const { submission, clock } = context;
  const own =
    submission === undefined
      ? (await userInformation(context)).addresses
      : await senderAddresses(context, submission);
  const isOwn = (address: string): boolean =>
    own.some((one) => one.toLowerCase() === address.trim().toLowerCase());
  const { organizerEmail: organizer = "", attendees = [], disallowNewTimeProposal } = appointment;
  if (isOwn(organizer)) return MeetingStatus.Invalid;
  if (mail === undefined) return undefined;
  if (mail.proposed !== undefined && disallowNewTimeProposal === true) return MeetingStatus.Invalid;
  if (!/^[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+$/u.test(organizer)) return MeetingStatus.Invalid;
  const attendee = attendees.find(({ email }) => isOwn(email))?.email.trim() ?? own[0];
  if (submission === undefined || attendee === undefined) return MeetingStatus.ServerError;
  const nowMs = clock.now();
  const about = instanceMs ?? invitation?.meetingRequest.recurrenceIdMs;
  const sequence = answeredSequence(appointment, about, invitation);
  const reply = { appointment, organizer, attendee, response, instanceMs: about, sequence, mail, nowMs };
  return sendReply(replyMessage(reply), own, token, submission, context);
}

/** Which revision is answered: that of the mail, or what the calendar has of the occurrence. */
function answeredSequence(
  { sequence, exceptions = [] }: CalendarItem,
  instanceMs: number | undefined,
  invitation: InvitationMail | undefined,
): number | undefined {
  const exception = exceptions.find(({ originalStartMs }) => originalStartMs === instanceMs);
  return invitation?.meetingRequest.sequence ?? exception?.sequence ?? sequence;
}

/** Sends a reply once, whatever becomes of the answer to the device and of the appointment. */
async function sendReply(
  message: Uint8Array,
  from: readonly string[],
  token: string,
  submission: MailSubmission,
  context: CommandContext,
): Promise<number | undefined> {
  const identity = { clientId: token, fingerprint: undefined, token };
  const status = await sendOnce<{ readonly composed: ReadyMail }>(context, identity, {
    prepare: async () => {
      const composed = await composeMail({ message, answered: undefined, token }, from, context, submission);
      return composed.kind === "refused" ? composed : { kind: "ready", composed };
    },
    submit: ({ composed }) => submitMail(composed, token, context, submission),
    finish: async () => undefined,
  });
  if (status === CommonStatus.ServerErrorRetryLater) {
    // The device asks again, and learns how that ended.
    throw new DirectPushError("ERR_STATE_CONFLICT", "the meeting is being answered by another process");
  }
  return status === undefined ? undefined : MeetingStatus.ServerError;
}
