import type { ImapFlow, ResponseEvent } from "imapflow";
import { DirectPushError } from "../errors.js";
import type { WriteRefusal } from "../mailbox/mailbox.js";

/** What of an error of the IMAP client tells why the server refused a command. */
interface RefusedCommand {
  readonly serverResponseCode?: unknown;
  readonly responseStatus?: unknown;
}

/** The refusal that a response code (RFC 5530, RFC 9208) stands for; undefined for one that is none, or says that the server cannot do it now. */
function refusalOfCode(code: string | undefined): WriteRefusal | undefined {
  switch (code?.toUpperCase()) {
    case "OVERQUOTA":
      return { kind: "quota-exceeded" };
    case "NONEXISTENT":
    case "TRYCREATE":
      return { kind: "not-found" };
    case "NOPERM":
    case "READ-ONLY":
      return { kind: "forbidden" };
    case "TOOBIG":
    case "APPENDLIMIT":
    case "LIMIT":
    case "CANNOT":
    case "BADCHARSET":
    case "UNKNOWN-CTE":
      return { kind: "invalid", reason: `the IMAP server answers ${code}` };
    default:
      return undefined;
  }
}

/** The refusal that an error of the client stands for; rethrows one that is none: the mailbox is not available then. */
export function refusalOf(error: unknown): WriteRefusal {
  const { serverResponseCode: code } = (
    typeof error === "object" && error !== null ? error : {}
  ) as RefusedCommand;
  const refusal = refusalOfCode(typeof code === "string" ? code : undefined);
  if (refusal === undefined) throw error;
  return refusal;
}

/**
 * Runs a command that the client answers with false when the server refuses it, which leaves out why.
 *
 * @returns what the command gave, or the refusal.
 * @throws DirectPushError `ERR_MAILBOX_UNAVAILABLE` for a refusal without a reason that could be told.
 */
export async function refusable<T>(
  client: ImapFlow,
  what: string,
  command: () => Promise<T | false | undefined>,
): Promise<{ readonly kind: "done"; readonly value: T } | WriteRefusal> {
  let refused: ResponseEvent | undefined;
  const hear = (response: ResponseEvent): void => {
    if (response.response !== "OK") refused = response;
  };
  client.on("response", hear);
  try {
    const value = await command();
    if (value !== false && value !== undefined) return { kind: "done", value };
  } finally {
    client.off("response", hear);
  }
  const refusal = refusalOfCode(refused?.code);
  if (refusal !== undefined) return refusal;
  throw new DirectPushError("ERR_MAILBOX_UNAVAILABLE", `The IMAP server refuses to ${what}`);
}
