import { meetingsOf } from "../../mailbox/abilities/meetings.js";
import type { ItemPlace } from "../../mailbox/item-reference.js";
import { CommonStatus } from "../../protocol/status.js";
import { digestOf } from "../../state/digest-of.js";
import { type MeetingAnswer, readMeetingAnswer, rememberMeetingAnswer } from "../../state/meeting-answers.js";
import type { CommandContext } from "../command.js";
import { meetingAt, meetingView } from "./find-meeting.js";
import type { MeetingResponseRequest } from "./request.js";
import { MeetingStatus } from "./status.js";
import { tellOrganizer } from "./tell-organizer.js";
import { answeredItem, writeAppointment } from "./write-appointment.js";

/** How one request is answered. */
export interface MeetingResult {
  readonly status: number;
  readonly calendarId?: string;
}

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
  const standing = last?.digest === digest ? await standingAnswer(request, last, context) : undefined;
  if (standing !== undefined) {
    await putAway(request, context);
    const { isUnfinished, ...finished } = standing;
    const isNews = isUnfinished === true || standing !== last;
    if (isNews) await rememberMeetingAnswer(state, device.user, device.id, finished);
    return success(request, finished);
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
  const written = await writeAppointment(meeting, answered, token, context);
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

/** An earlier answer that is still what the calendar says, if it is: a repeat has nothing to do then. Another device may have made the appointment anew, and answered alike. */
async function standingAnswer(
  request: MeetingResponseRequest,
  last: MeetingAnswer,
  context: CommandContext,
): Promise<MeetingAnswer | undefined> {
  if (await stands(request, last, context)) return last;
  if (request.instanceMs !== undefined || request.response === "declined") return undefined;
  const place = await appointmentOf(request.place, context);
  if (place === undefined || place.item === last.calendarId) return undefined;
  const item = await context.mailbox.item(context.mailboxRef, place.folder, place.item, meetingView);
  if (item?.class !== "Calendar" || item.responseType !== request.response) return undefined;
  return { ...last, calendarId: place.item, calendarFolder: place.folder };
}

/** Whether an earlier answer is still what the calendar says where it was noted: nobody has changed it since. */
async function stands(
  { response, place, instanceMs }: MeetingResponseRequest,
  { calendarFolder: folder, calendarId: id }: MeetingAnswer,
  context: CommandContext,
): Promise<boolean> {
  const { mailbox, mailboxRef } = context;
  const isGone = (await mailbox.itemVersion(mailboxRef, place.folder, place.item)) === undefined;
  if (folder === undefined || id === undefined)
    return isGone || (await appointmentOf(place, context)) === undefined;
  const item = await mailbox.item(mailboxRef, folder, id, meetingView);
  if (item?.class !== "Calendar" || isGone) return item !== undefined;
  if (instanceMs === undefined) return item.responseType === response;
  const exception = item.exceptions?.find(({ originalStartMs }) => originalStartMs === instanceMs);
  if (exception?.deleted === false) return exception.responseType === response;
  return exception !== undefined && response === "declined";
}

/** The appointment of the meeting that a mail is about, if there is one. */
async function appointmentOf(
  mail: ItemPlace,
  { mailbox, mailboxRef }: CommandContext,
): Promise<ItemPlace | undefined> {
  const item = await mailbox.item(mailboxRef, mail.folder, mail.item, meetingView);
  const uid = item?.class === "Email" ? item.meetingRequest?.uid : undefined;
  return uid === undefined ? undefined : await meetingsOf(mailbox)?.meetingByUid(mailboxRef, uid);
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
