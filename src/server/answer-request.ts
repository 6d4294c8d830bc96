import type { Command, CommandRequest } from "../commands/command.js";
import { isUnavailable } from "../commands/unavailable.js";
import { autodiscoverTarget } from "../http/autodiscover-target.js";
import { isEndpoint, splitTarget } from "../http/endpoint.js";
import type { EasRequest } from "../http/exchange.js";
import { advertisementHeaders } from "../http/options-answer.js";
import { readQuery } from "../http/query.js";
import { type ReplyHeaders, statusReply, unavailableReply } from "../http/reply.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { childText, FolderHierarchy, type WbxmlElement } from "../wbxml/index.js";
import { admitDevice } from "./admit-device.js";
import { answerAutodiscover } from "./answer-autodiscover.js";
import { advertisementFor, answerOptions } from "./answer-options.js";
import { authenticateRequest } from "./authenticate-request.js";
import { commonStatusReply, type ReplyStyle } from "./command-reply.js";
import { findCommand } from "./find-command.js";
import { type IdentifiedRequest, identifyRequest } from "./identify-request.js";
import { logHttp } from "./logs.js";
import type { PendingAnswer } from "./pending-answer.js";
import { type RequestContent, readDocument } from "./read-document.js";
import { RequestContext } from "./request-context.js";
import { CommandRun } from "./run-command.js";
import type { ServerParts } from "./server-parts.js";
import { type Step, stop } from "./step.js";

/** One for all: held requests keep theirs. */
const noHeaders: ReplyHeaders = Object.freeze({});

/** When a request arrived. */
export interface Arrival {
  /** On the clock's monotonic time. */
  readonly receivedAtMs: number;
  readonly sequence: number;
}

/**
 * Answers one request, or has it held. Resolves when nothing more is to be done here, and keeps nothing of the request from then on.
 * Never rejects.
 */
export async function answerRequest(
  parts: ServerParts,
  request: EasRequest,
  arrival: Arrival,
  pending: PendingAnswer,
): Promise<void> {
  try {
    if (parts.shutdown() === "closed")
      return pending.answer(unavailableReply(parts.options.retryAfterSeconds));
    const { path, query } = splitTarget(request.url);
    if (!isEndpoint(path)) return await answerElsewhere(parts, request, path, query, pending);
    const mailboxRef = await authenticateRequest(parts, request);
    if (mailboxRef.kind === "stop") return pending.answer(mailboxRef.response);
    if (pending.isOver) return;
    const { user } = mailboxRef.value;
    pending.user = user;
    if (request.method === "OPTIONS") return answerOptions(parts, request, user, query, pending);
    if (request.method !== "POST") return pending.answer(statusReply(405, { allow: "OPTIONS,POST" }));
    await answerPost(parts, request, mailboxRef.value, query, arrival, pending);
  } catch (error) {
    answerFailure(parts, error, pending);
  }
}

/** Another path than the endpoint. */
async function answerElsewhere(
  parts: ServerParts,
  request: EasRequest,
  path: string,
  query: string,
  pending: PendingAnswer,
): Promise<void> {
  const { autodiscover } = parts.options;
  const target = autodiscoverTarget(path);
  if (autodiscover === undefined || target === undefined) return pending.answer(statusReply(404));
  await answerAutodiscover(parts, autodiscover, request, target, query, pending);
}

function answerFailure(parts: ServerParts, error: unknown, pending: PendingAnswer): void {
  logHttp("request failed: %O", error);
  if (isUnavailable(error)) {
    parts.tell("sourceFailed", () => ({ error, call: "request" }));
    pending.answer(unavailableReply(parts.options.retryAfterSeconds));
    return;
  }
  parts.tell("requestFailed", () => ({ error, device: pending.device, command: pending.command }));
  pending.answer(statusReply(500));
}

async function answerPost(
  parts: ServerParts,
  request: EasRequest,
  mailboxRef: MailboxRef,
  queryText: string,
  arrival: Arrival,
  pending: PendingAnswer,
): Promise<void> {
  const read = readQuery(queryText);
  if (read.kind === "malformed") {
    logHttp("%s malformed query %j: %s", mailboxRef.user, queryText, read.reason);
    return pending.answer(statusReply(400));
  }
  if (read.kind === "unknown-command") return pending.answer(statusReply(501));
  pending.command = read.query.command;
  const identified = identifyRequest(parts, request, mailboxRef.user, read.query);
  if (identified.kind === "stop") return pending.answer(identified.response);
  const { device, commandName } = identified.value;
  pending.hadPolicyKey = identified.value.policyKey !== undefined;
  if (!pending.enter(device)) {
    parts.tell("throttled", () => ({ device, command: commandName }));
    return pending.answer(unavailableReply(parts.options.retryAfterSeconds));
  }
  const admitted = await admitDevice(parts, identified.value);
  if (admitted.kind === "stop") return pending.answer(admitted.response);
  if (!pending.isOver) await answerCommand(parts, request, mailboxRef, identified.value, arrival, pending);
}

async function answerCommand(
  parts: ServerParts,
  request: EasRequest,
  mailboxRef: MailboxRef,
  identified: IdentifiedRequest,
  arrival: Arrival,
  pending: PendingAnswer,
): Promise<void> {
  const { device, policyKey, parameters, style } = identified;
  const found = findCommand(parts, identified);
  if (found.kind === "stop") return pending.answer(found.response);
  const command = found.value;
  // The command's own text: that of the query is one more for each held request.
  pending.command = command.name;
  const context = new RequestContext(parts, device, mailboxRef, arrival.sequence);
  const network = networkOf(parts, request);
  parts.negotiator.observe({
    kind: "seen",
    device: { user: device.user, deviceId: device.id },
    sequence: arrival.sequence,
    command: command.name,
    ...(network !== undefined && { network }),
  });
  const head: CommandRequest = {
    document: undefined,
    rawBody: undefined,
    parameters,
    policyKey,
    network,
    ...arrival,
  };
  const checked = await checkAndRead(parts, request, command, head, context, style);
  if (checked.kind === "stop") return pending.answer(checked.response);
  const read = checked;
  if (pending.isOver) return;
  const run = new CommandRun(
    parts,
    command,
    context,
    pending,
    firstAnswerHeaders(parts, identified, read.value.document),
  );
  await run.start({ ...head, ...read.value });
}

/** Checks the policy key and reads the body: in this order, unless the command reads state meanwhile. */
async function checkAndRead(
  parts: ServerParts,
  request: EasRequest,
  command: Command,
  head: CommandRequest,
  context: RequestContext,
  style: ReplyStyle,
): Promise<Step<RequestContent>> {
  const early = command.readEarly && (await readDocument(parts, request, command, style));
  if (command.needsPolicyKey) {
    const checking = parts.checkPolicyKey(head, context);
    if (early?.kind === "go") command.readEarly?.(early.value.document, context);
    const status = await checking;
    if (status !== undefined) return stop(commonStatusReply(status, style));
  }
  return early ?? readDocument(parts, request, command, style);
}

function networkOf(parts: ServerParts, request: EasRequest): string | undefined {
  try {
    return parts.options.network(request);
  } catch (error) {
    logHttp("network hook failed: %O", error);
    return undefined;
  }
}

/** A FolderSync from the start is where a device learns what the server can do today ([MS-ASHTTP] 2.2.2.1.2.6). */
function firstAnswerHeaders(
  parts: ServerParts,
  { device, commandName }: IdentifiedRequest,
  document: WbxmlElement | undefined,
): ReplyHeaders {
  if (commandName.toLowerCase() !== "foldersync") return noHeaders;
  if (childText(document, FolderHierarchy.SyncKey)?.trim() !== "0") return noHeaders;
  const { user, id: deviceId, type: deviceType, userAgent } = device;
  return advertisementHeaders(advertisementFor(parts, { user, deviceId, deviceType, userAgent }));
}
