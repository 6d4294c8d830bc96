import type { SubmissionResult } from "../mailbox/mail-submission.js";
import { loginRefused, unreachable } from "./imap-connections-failure.js";

type Reason = Extract<SubmissionResult, { readonly kind: "refused" }>["reason"];

/** What of an error of the SMTP client tells what went wrong. */
interface SmtpFailure {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly response?: unknown;
  readonly responseCode?: unknown;
  readonly rejectedErrors?: unknown;
}

/**
 * What a mail server's refusal is, by its reply code and its enhanced status code (RFC 5321, 4.2; RFC 3463).
 *
 * @throws DirectPushError when it is not for good (4yz), or the server was not reached: the device tries again.
 */
export function submissionRefusal(user: string, error: unknown): SubmissionResult {
  const failures = failuresOf(error);
  const { code, command } = failures[0] ?? {};
  const codes = failures.map(({ responseCode }) => (typeof responseCode === "number" ? responseCode : 0));
  if (code === "EAUTH" && codes[0] === 535) throw loginRefused(user, error);
  const isFinal = codes.every((each) => each >= 500 && each <= 599);
  if (code === "EAUTH" || !isFinal) throw unreachable(error);
  const detail = failures.map(({ response }) => String(response)).join("; ");
  return {
    kind: "refused",
    reason: reasonOf(detail, command === "MAIL FROM", command === "RCPT TO"),
    detail,
  };
}

function reasonOf(response: string, isOfSender: boolean, isOfRecipient: boolean): Reason {
  const [, enhanced = ""] = /\b5\.(\d{1,3}\.\d{1,3})\b/.exec(response) ?? [];
  if (enhanced === "3.4" || enhanced === "2.3") return "too-large";
  if (enhanced === "2.2") return "quota-exceeded";
  if (enhanced.startsWith("1.") && isOfRecipient) return "recipient-unknown";
  if (enhanced !== "") return isOfSender && enhanced.startsWith("7.") ? "sending-disabled" : "failed";
  if (/^552\b/.test(response)) return "too-large";
  return isOfRecipient && /^55[013]\b/.test(response) ? "recipient-unknown" : "failed";
}

/** Of all recipients where all were refused, else the one thing that went wrong. */
function failuresOf(error: unknown): readonly SmtpFailure[] {
  const failure: SmtpFailure = typeof error === "object" && error !== null ? error : {};
  const { rejectedErrors } = failure;
  return Array.isArray(rejectedErrors) && rejectedErrors.length > 0
    ? (rejectedErrors as readonly SmtpFailure[])
    : [failure];
}
