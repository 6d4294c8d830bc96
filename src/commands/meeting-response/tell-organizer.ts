import { DirectPushError } from "../../errors.js";
import type { CalendarItem } from "../../mailbox/items/calendar.js";
import type { MailSubmission } from "../../mailbox/mail-submission.js";
import { CommonStatus } from "../../protocol/status.js";
import type { CommandContext } from "../command.js";
import { composeMail, type ReadyMail, senderAddresses, submitMail } from "../sending/outgoing-mail.js";
import { sendOnce } from "../sending/send-once.js";
import { userInformation } from "../user-information.js";
import type { InvitationMail } from "./appointment.js";
import type { Meeting } from "./find-meeting.js";
import { replyMessage } from "./reply-message.js";
import type { MeetingResponseRequest } from "./request.js";
import { MeetingStatus } from "./status.js";

/** Tells the organizer what the user answers. The status with which it fails; undefined when the mail is out, or none is wanted. */
export async function tellOrganizer(
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
