import { createHash, randomUUID } from "node:crypto";
import type { ComposedMail, MailSubmission, SubmissionResult } from "../../mailbox/mail-submission.js";
import { CommonStatus } from "../../protocol/status.js";
import { isAtLeast } from "../../protocol/version.js";
import type { CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { userInformation } from "../user-information.js";
import { type Answered, answeredMail } from "./answered-mail.js";
import { finishSending } from "./finish-sending.js";
import { type MailIdentity, sendOnce } from "./send-once.js";
import type { SendingName } from "./sending-command.js";
import { readSendingRequest, type SendingRequest } from "./sending-request.js";

/** A mail that is ready to go, or the common status with which it is refused. */
type Ready =
  | {
      readonly kind: "ready";
      readonly composed: Extract<ComposedMail, { kind: "composed" }>;
      readonly answered: Answered | undefined;
    }
  | { readonly kind: "refused"; readonly status: number };

/** What a refusal of the mail server is called in the protocol ([MS-ASCMD] 2.2.2). */
const statusOfReason = {
  "recipient-unknown": CommonStatus.MessageRecipientUnresolved,
  "quota-exceeded": CommonStatus.SendQuotaExceeded,
  "too-large": CommonStatus.AttachmentIsTooLarge,
  "reply-not-allowed": CommonStatus.MessageReplyNotAllowed,
  "sending-disabled": CommonStatus.AccountSendDisabled,
  failed: CommonStatus.MailSubmissionFailed,
} as const satisfies Record<Extract<SubmissionResult, { kind: "refused" }>["reason"], number>;

/** Sends what the device asks to be sent, once however often it asks. Success is an empty answer. */
export async function send(
  name: SendingName,
  request: CommandRequest,
  context: CommandContext,
): Promise<CommandOutcome> {
  const { submission } = context;
  if (submission === undefined) return common(CommonStatus.CommandNotSupported);
  const read = readSendingRequest(name, request, context.device.version);
  if (read.kind === "refused") return common(read.status);
  const identity = identityOf(read, request, context, submission);
  const status = await sendOnce(context, identity, {
    prepare: () => prepare(name, read, identity, context, submission),
    submit: ({ composed }) => submit(composed, identity, context, submission),
    finish: ({ composed, answered }) => finishSending(read, composed, answered, identity.token, context),
  });
  return status === undefined ? { kind: "empty" } : common(status);
}

function identityOf(
  { message, clientId }: SendingRequest,
  { rawBody }: CommandRequest,
  { device }: CommandContext,
  { composer }: MailSubmission,
): MailIdentity {
  const fingerprint = composer.fingerprint(message);
  // Without an id of the device's, and without anything in it that says which mail it is, every request is a mail of its own.
  const id = rawBody !== undefined && fingerprint === undefined ? randomUUID() : clientId;
  const token = createHash("sha256")
    .update(JSON.stringify([device.user, device.id, id, fingerprint ?? ""]))
    .digest("base64url");
  return { clientId: id, fingerprint, token };
}

async function prepare(
  name: SendingName,
  request: SendingRequest,
  { token }: MailIdentity,
  context: CommandContext,
  submission: MailSubmission,
): Promise<Ready> {
  const { clock, mailboxRef } = context;
  const senderAddresses = await (submission.senderAddresses?.(mailboxRef) ??
    userInformation(context).then(({ addresses }) => addresses));
  // Nobody may send under a name that is not known to be the user's.
  if (senderAddresses.length === 0) return { kind: "refused", status: sendingDisabled(context) };
  const found = request.source === undefined ? undefined : await answeredMail(name, request, context);
  if (found?.kind === "refused") return found;
  const composed = await submission.composer.compose({
    message: request.message,
    senderAddresses,
    answered: found?.mail,
    nowMs: clock.now(),
    submissionToken: token,
  });
  switch (composed.kind) {
    case "composed":
      return { kind: "ready", composed, answered: found };
    case "no-recipient":
      return { kind: "refused", status: CommonStatus.MessageHasNoRecipient };
    case "invalid-recipient":
      return { kind: "refused", status: CommonStatus.MessageRecipientUnresolved };
    case "invalid-message":
      return { kind: "refused", status: CommonStatus.InvalidMime };
  }
}

/** The status with which the mail server refuses it; undefined when it took it. */
async function submit(
  { message, sender, recipients }: Extract<ComposedMail, { kind: "composed" }>,
  { token }: MailIdentity,
  context: CommandContext,
  submission: MailSubmission,
): Promise<number | undefined> {
  const mail = { message, sender, recipients, submissionToken: token };
  const result = await submission.submit(context.mailboxRef, mail);
  if (result.kind === "sent") return undefined;
  if (result.reason === "sending-disabled") return sendingDisabled(context);
  return statusOfReason[result.reason];
}

function sendingDisabled({ device }: CommandContext): number {
  return isAtLeast(device.version, "14.1")
    ? CommonStatus.AccountSendDisabled
    : CommonStatus.MailSubmissionFailed;
}

function common(status: number): CommandOutcome {
  return { kind: "common-status", status };
}
