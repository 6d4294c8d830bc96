import { DirectPushError } from "../../errors.js";
import type { CalendarItem } from "../../mailbox/items/calendar.js";
import type { MailSubmission } from "../../mailbox/mail-submission.js";
import { CommonStatus } from "../../protocol/status.js";
import { digestOf } from "../../state/digest-of.js";
import type { MeetingNotice } from "../../state/unsent-notices.js";
import type { CommandContext } from "../command.js";
import { keepCopy } from "../sending/finish-sending.js";
import { composeMail, type ReadyMail, submitMail } from "../sending/outgoing-mail.js";
import { sendOnce } from "../sending/send-once.js";
import { noticeMessage } from "./notice-message.js";
import type { Organizer } from "./organizer.js";

/** What is to be told of a meeting. */
export interface Announcement {
  /** As it is in the organizer's calendar; what is removed from there, as called off. */
  readonly meeting: CalendarItem;
  readonly notices: readonly MeetingNotice[];
  /** Of the command that it is about; the same for a repeat. */
  readonly token: string;
  readonly organizer: Organizer;
  readonly submission: MailSubmission;
  /** Nobody was invited before. */
  readonly isInvitation: boolean;
}

/**
 * Tells those who are invited to a meeting, each notice once however often it is called, and keeps a copy of each in the Sent folder.
 *
 * @returns the common status with which the mail server refuses; undefined when all are told.
 * @throws what the mailbox or the mail server throws: a repeat goes on where this one ended.
 */
export async function announceMeeting(
  announcement: Announcement,
  context: CommandContext,
): Promise<number | undefined> {
  for (const [index, notice] of announcement.notices.entries()) {
    const status = await sendNotice(notice, index, announcement, context);
    if (status !== undefined) return status;
  }
  return undefined;
}

async function sendNotice(
  notice: MeetingNotice,
  index: number,
  { meeting, token: commandToken, organizer, submission, isInvitation }: Announcement,
  context: CommandContext,
): Promise<number | undefined> {
  const token = digestOf([commandToken, index]);
  const identity = { clientId: token, fingerprint: undefined, token };
  const status = await sendOnce<{ readonly composed: ReadyMail }>(context, identity, {
    prepare: async () => {
      const message = noticeMessage(notice, meeting, organizer, context.clock.now());
      const mail = { message, answered: undefined, token };
      const composed = await composeMail(mail, organizer.addresses, context, submission);
      if (composed.kind === "refused") return composed;
      return { kind: "ready", composed: { ...composed, recipients: notice.recipients } };
    },
    submit: async ({ composed }) => {
      const refusal = await submitMail(composed, token, context, submission);
      // Whom the mail server does not know any more need not be told of what changes: a meeting with them can be called off.
      const isGone = refusal === CommonStatus.MessageRecipientUnresolved && !isInvitation;
      return isGone ? undefined : refusal;
    },
    finish: ({ composed }) => keepCopy(composed, token, context),
  });
  if (status === CommonStatus.ServerErrorRetryLater) {
    // The device asks again, and learns how that ended.
    throw new DirectPushError("ERR_STATE_CONFLICT", "the meeting is being announced by another process");
  }
  return status;
}
