import { userInformation } from "../commands/user-information.js";
import { authenticationAttempts } from "../http/authorization.js";
import {
  AutodiscoverError,
  autodiscoverFailed,
  protocolFound,
  protocolRefused,
  settingsFound,
  settingsMissing,
} from "../http/autodiscover-reply.js";
import { isAddress, readAutodiscoverRequest } from "../http/autodiscover-request.js";
import type { AutodiscoverTarget } from "../http/autodiscover-target.js";
import { readBody } from "../http/body.js";
import type { EasRequest, EasResponse } from "../http/exchange.js";
import { header } from "../http/headers.js";
import { statusReply } from "../http/reply.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { authenticateRequest } from "./authenticate-request.js";
import { type ResolvedAutodiscover, xmlUrlBeside } from "./autodiscover-options.js";
import type { PendingAnswer } from "./pending-answer.js";
import type { ServerParts } from "./server-parts.js";

/** Real requests have some 400 bytes. */
const maxBytes = 64 * 1024;

/** Answers a request for Autodiscover ([MS-ASCMD] 2.2.1.1). Rejects as the integrator's parts do. */
export async function answerAutodiscover(
  parts: ServerParts,
  autodiscover: ResolvedAutodiscover,
  request: EasRequest,
  target: AutodiscoverTarget,
  query: string,
  pending: PendingAnswer,
): Promise<void> {
  pending.command = "Autodiscover";
  const answer =
    target.kind === "json"
      ? answerJson(parts, autodiscover, request, query, target.pathAddress)
      : answerXml(parts, autodiscover, request, pending);
  pending.answer(await answer);
}

/** Who asks is not known here: the answer is about the domain's server, and the same for every name in it. */
async function answerJson(
  parts: ServerParts,
  autodiscover: ResolvedAutodiscover,
  request: EasRequest,
  query: string,
  pathAddress: string | undefined,
): Promise<EasResponse> {
  if (request.method !== "GET") return statusReply(405, { allow: "GET" });
  const parameters = new Map<string, string>();
  // No address has a blank; a plus in one is often sent as it is.
  for (const [name, value] of new URLSearchParams(query.replaceAll("+", "%2B")))
    parameters.set(name.toLowerCase(), value);
  const address = pathAddress === undefined ? parameters.get("email") : decoded(pathAddress);
  if (address === undefined || !isAddress(address)) {
    return protocolRefused(400, "MandatoryParameterMissing", "A valid e-mail address must be given");
  }
  const protocol = parameters.get("protocol")?.toLowerCase();
  const isActiveSync = protocol === "activesync";
  if (!isActiveSync && protocol !== "autodiscoverv1") {
    return protocolRefused(400, "InvalidProtocol", "Protocol must be ActiveSync or AutodiscoverV1");
  }
  const url = await autodiscover.urlOf(address, parts.options.clock, parts.options.callTimeoutMs);
  if (url === undefined) return protocolRefused(404, "UserNotFound", "The address is not served here");
  return isActiveSync ? protocolFound("ActiveSync", url) : protocolFound("AutodiscoverV1", xmlUrlBeside(url));
}

async function answerXml(
  parts: ServerParts,
  autodiscover: ResolvedAutodiscover,
  request: EasRequest,
  pending: PendingAnswer,
): Promise<EasResponse> {
  const { method } = request;
  if (method !== "GET" && method !== "POST") return statusReply(405, { allow: "GET,POST" });
  // What a phone tries when no host of its domain answered: a redirect to TLS, before it tells who it is.
  if (method === "GET" && !cameOverTls(request)) return statusReply(302, { location: autodiscover.xmlUrl });
  const mailboxRef = await authenticateRequest(parts, request);
  if (mailboxRef.kind === "stop") return mailboxRef.response;
  pending.user = mailboxRef.value.user;
  const failed = (code: 600 | 601): EasResponse => autodiscoverFailed(code, parts.options.clock.now());
  if (method === "GET") return failed(AutodiscoverError.InvalidRequest);
  const body = await readBody(request, maxBytes);
  if (body.kind === "too-large") return statusReply(413);
  if (body.kind === "unsupported-encoding") return statusReply(415, { "accept-encoding": "gzip" });
  if (body.kind === "failed" && body.error.code !== "ERR_BODY_ABORTED") throw body.error;
  if (body.kind !== "body") return statusReply(400);
  const asked = readAutodiscoverRequest(body.bytes);
  if (asked.kind === "other-schema") return failed(AutodiscoverError.NoProvider);
  if (asked.kind === "malformed") return failed(AutodiscoverError.InvalidRequest);
  const found = await settingsOf(
    parts,
    autodiscover,
    mailboxRef.value,
    asked.address ?? addressOfLogin(request),
  );
  return found ?? failed(AutodiscoverError.InvalidRequest);
}

/** The settings of the user who asks, whatever address they ask for: nobody learns about others here. Undefined without any address. */
async function settingsOf(
  parts: ServerParts,
  autodiscover: ResolvedAutodiscover,
  mailboxRef: MailboxRef,
  asked: string | undefined,
): Promise<EasResponse | undefined> {
  const { mailbox, options } = parts;
  const { addresses, displayName } = await userInformation({ mailbox, mailboxRef });
  const address = addresses[0] ?? asked;
  if (address === undefined) return undefined;
  const isOwn = addresses.some((own) => own.toLowerCase() === asked?.toLowerCase());
  const url = await autodiscover.urlOf(
    isOwn && asked !== undefined ? asked : address,
    options.clock,
    options.callTimeoutMs,
  );
  const user = { address, displayName };
  return url === undefined ? settingsMissing(user) : settingsFound(user, url);
}

function addressOfLogin(request: EasRequest): string | undefined {
  const [first] = authenticationAttempts(request.headers);
  return first?.kind === "basic" && isAddress(first.user) ? first.user : undefined;
}

/** Believed of anybody: it decides about a redirect to TLS, and nothing else. */
function cameOverTls({ secure, url, headers }: EasRequest): boolean {
  if (secure === true || /^https:/i.test(url)) return true;
  const [protocol = ""] = (header(headers, "x-forwarded-proto") ?? "").split(",", 1);
  return protocol.trim().toLowerCase() === "https";
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
