import { boundedCall } from "../bounded-call.js";
import { type AuthenticationAttempt, authenticationAttempts } from "../http/authorization.js";
import type { EasRequest } from "../http/exchange.js";
import { basicChallenge, movedReply, unauthorizedReply, unavailableReply } from "../http/reply.js";
import type { Authentication, RequestHead } from "../options.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { logHttp } from "./logs.js";
import type { ServerParts } from "./server-parts.js";
import { go, type Step, stop } from "./step.js";

/** Finds out who sends a request: the first of all checks, so that nothing is told to strangers. */
export async function authenticateRequest(
  parts: ServerParts,
  request: EasRequest,
): Promise<Step<MailboxRef>> {
  const { options } = parts;
  let refused: Extract<Authentication, { kind: "refused" }> | undefined;
  const attempts = authenticationAttempts(request.headers);
  for (const attempt of attempts) {
    let answer: Authentication;
    try {
      answer = await ask(parts, attempt, request);
    } catch (error) {
      // Never 401 here: every phone would ask its owner for the password because a directory is down.
      logHttp("authenticate failed: %O", error);
      parts.tell("sourceFailed", () => ({ error, call: "authenticate" }));
      return stop(unavailableReply(options.retryAfterSeconds));
    }
    if (answer.kind === "user") return go({ user: named(answer.user), login: answer.login });
    if (answer.kind === "moved") return stop(movedReply(headerText("URL", answer.url)));
    refused = answer;
  }
  const [first] = attempts;
  parts.tell("authenticationRefused", () => ({
    user: first?.kind === "basic" ? first.user : undefined,
    remoteAddress: request.remoteAddress,
  }));
  const challenge = refused?.challenge;
  return stop(
    unauthorizedReply(
      challenge === undefined ? basicChallenge(options.realm) : headerText("challenge", challenge),
    ),
  );
}

/** Without a name every such user would share one state. */
function named(user: unknown): string {
  if (typeof user === "string" && user !== "") return user;
  throw new TypeError("authenticate answered with a user that has no name");
}

/** What no header can hold would be thrown by the host when it is too late for another answer. */
function headerText(what: string, text: unknown): string {
  if (typeof text === "string" && /^[\t -~\u0080-\u00ff]+$/.test(text)) return text;
  throw new TypeError(`authenticate answered with a ${what} that no header can hold`);
}

function ask(
  parts: ServerParts,
  attempt: AuthenticationAttempt,
  request: EasRequest,
): Promise<Authentication> {
  const { authenticate, callTimeoutMs, clock } = parts.options;
  const { method, url, headers, remoteAddress, raw } = request;
  // Without the body, so that no hook takes it from the core.
  const head: RequestHead = { method, url, headers, remoteAddress, raw };
  return boundedCall(async () => authenticate(attempt, head), callTimeoutMs, "authenticate", clock);
}
