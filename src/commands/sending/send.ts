import { createHash, randomUUID } from "node:crypto";
import type { MailSubmission } from "../../mailbox/mail-submission.js";
import { CommonStatus } from "../../protocol/status.js";
import type { CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { type Answered, answeredMail } from "./answered-mail.js";
import { finishSending } from "./finish-sending.js";
import {
  composeMail,
  type ReadyMail,
  type RefusedMail,
  senderAddresses,
  sendingDisabled,
  submitMail,
} from "./outgoing-mail.js";
import { type MailIdentity, sendOnce } from "./send-once.js";
import type { SendingName } from "./sending-command.js";
import { readSendingRequest, type SendingRequest } from "./sending-request.js";

/** A mail that is ready to go, or the common status with which it is refused. */
type Ready =
  | { readonly kind: "ready"; readonly composed: ReadyMail; readonly answered: Answered | undefined }
  | RefusedMail;

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
    submit: ({ composed }) => submitMail(composed, identity.token, context, submission),
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
  const from = await senderAddresses(context, submission);
  // Nobody may send under a name that is not known to be the user's.
  if (from.length === 0) return { kind: "refused", status: sendingDisabled(context) };
  const found = request.source === undefined ? undefined : await answeredMail(name, request, context);
  if (found?.kind === "refused") return found;
  const mail = { message: request.message, answered: found?.mail, token };
  const composed = await composeMail(mail, from, context, submission);
  return composed.kind === "refused" ? composed : { kind: "ready", composed, answered: found };
}

function common(status: number): CommandOutcome {
  return { kind: "common-status", status };
}
