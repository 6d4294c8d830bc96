import { DirectPushError } from "../errors.js";

/** What of an error of the IMAP client tells what went wrong. */
interface ClientError {
  readonly code?: unknown;
  readonly responseStatus?: unknown;
  readonly serverResponseCode?: unknown;
  readonly authenticationFailed?: unknown;
}

/** What a server that refuses a login says when it is the login that is wrong (RFC 5530, 3). */
const refusals = new Set(["AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED"]);

/**
 * Whether a login failed because the server knows better, and not because it cannot tell now (UNAVAILABLE, LIMIT, INUSE and the like). A
 * server without such codes is believed when it says NO.
 */
export function isLoginRefused(error: unknown): boolean {
  const { authenticationFailed, serverResponseCode, responseStatus } = fieldsOf(error);
  if (authenticationFailed !== true) return false;
  if (typeof serverResponseCode === "string") return refusals.has(serverResponseCode);
  return responseStatus === "NO";
}

/** Whether the server answered a command with NO or BAD: the connection is as good as before. */
export function isAnswered(error: unknown): boolean {
  const { responseStatus } = fieldsOf(error);
  return responseStatus === "NO" || responseStatus === "BAD";
}

/** Whether the server answered a command with NO: it understood it, and will not. */
export function isRefused(error: unknown): boolean {
  return fieldsOf(error).responseStatus === "NO";
}

/** The response code of a command that the server refused, such as `OVERQUOTA`; undefined for none. */
export function responseCodeOf(error: unknown): string | undefined {
  const { serverResponseCode } = fieldsOf(error);
  return typeof serverResponseCode === "string" ? serverResponseCode.toUpperCase() : undefined;
}

/** The IMAP server cannot be reached, or does not let anybody in now: held requests end with Status 8, new ones get 503. */
export function unreachable(cause: unknown): DirectPushError {
  if (cause instanceof DirectPushError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DirectPushError("ERR_MAILBOX_UNAVAILABLE", `The IMAP server cannot be used: ${reason}`, {
    cause,
  });
}

/** The IMAP server does not take the credentials. */
export function loginRefused(user: string, cause?: unknown): DirectPushError {
  const message = `The IMAP server refuses the login of ${user}`;
  return new DirectPushError("ERR_LOGIN_REFUSED", message, cause === undefined ? {} : { cause });
}

function fieldsOf(error: unknown): ClientError {
  return typeof error === "object" && error !== null ? error : {};
}
