import type {
  AnsweredMail,
  ComposedMail,
  MailSubmission,
  SubmissionResult,
} from "../../mailbox/mail-submission.js";
import { CommonStatus } from "../../protocol/status.js";
import { isAtLeast } from "../../protocol/version.js";
import type { CommandContext } from "../command.js";
import { userInformation } from "../user-information.js";

/** A message that was composed. */
export type ReadyMail = Extract<ComposedMail, { readonly kind: "composed" }>;

/** What is refused, by its common status. */
export interface RefusedMail {
  readonly kind: "refused";
  readonly status: number;
}

/** What a refusal of the mail server is called in the protocol ([MS-ASCMD] 2.2.2). */
const statusOfReason = {
  "recipient-unknown": CommonStatus.MessageRecipientUnresolved,
  "quota-exceeded": CommonStatus.SendQuotaExceeded,
  "too-large": CommonStatus.AttachmentIsTooLarge,
  "reply-not-allowed": CommonStatus.MessageReplyNotAllowed,
  "sending-disabled": CommonStatus.AccountSendDisabled,
  failed: CommonStatus.MailSubmissionFailed,
} as const satisfies Record<Extract<SubmissionResult, { kind: "refused" }>["reason"], number>;

/** The addresses that the user may send from, the primary one first; none: nothing can be sent. Throws what the mailbox throws. */
export async function senderAddresses(
  context: CommandContext,
  submission: MailSubmission,
): Promise<readonly string[]> {
  return submission.senderAddresses === undefined
    ? (await userInformation(context)).addresses
    : submission.senderAddresses(context.mailboxRef);
}

/** Makes a message of what the device wrote. `token` names it where nothing in it does. */
export async function composeMail(
  mail: { readonly message: Uint8Array; readonly answered: AnsweredMail | undefined; readonly token: string },
  from: readonly string[],
  { clock }: CommandContext,
  { composer }: MailSubmission,
): Promise<ReadyMail | RefusedMail> {
  const { message, answered, token: submissionToken } = mail;
  const composed = await composer.compose({
    message,
    senderAddresses: from,
    answered,
    nowMs: clock.now(),
    submissionToken,
  });
  switch (composed.kind) {
    case "composed":
      return composed;
    case "no-recipient":
      return { kind: "refused", status: CommonStatus.MessageHasNoRecipient };
    case "invalid-recipient":
      return { kind: "refused", status: CommonStatus.MessageRecipientUnresolved };
    case "invalid-message":
      return { kind: "refused", status: CommonStatus.InvalidMime };
  }
}

/** Gives a message to the mail server. The status with which that refuses it; undefined when it took it. */
export async function submitMail(
  { message, sender, recipients }: ReadyMail,
  submissionToken: string,
  context: CommandContext,
  submission: MailSubmission,
): Promise<number | undefined> {
  const mail = { message, sender, recipients, submissionToken };
  const result = await submission.submit(context.mailboxRef, mail);
  if (result.kind === "sent") return undefined;
  if (result.reason === "sending-disabled") return sendingDisabled(context);
  return statusOfReason[result.reason];
}

/** The common status for a user who may not send. */
export function sendingDisabled({ device }: CommandContext): number {
  return isAtLeast(device.version, "14.1")
    ? CommonStatus.AccountSendDisabled
    : CommonStatus.MailSubmissionFailed;
}
