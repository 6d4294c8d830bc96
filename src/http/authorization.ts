import { isUtf8 } from "node:buffer";
import { header, type RequestHeaders } from "./headers.js";

/** What a request offers to prove who sends it. */
export type AuthenticationAttempt =
  /** Basic; the user may be `DOMAIN\user`, a bare name or an address, exactly as the device sent it. */
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  /** Bearer, the token of OAuth. */
  | { readonly kind: "bearer"; readonly token: string }
  /** No header, one that cannot be read, or another scheme: a client certificate or a cookie may still tell. */
  | { readonly kind: "none" };

const none: readonly AuthenticationAttempt[] = [{ kind: "none" }];

/**
 * What the Authorization header offers, best first and never empty. Basic credentials have no charset in practice: they are tried as
 * UTF-8 and then, should that be refused, as Latin-1 (Outlook). Credentials in ASCII are one attempt.
 */
export function authenticationAttempts(headers: RequestHeaders): readonly AuthenticationAttempt[] {
  const value = header(headers, "authorization");
  const match = value === undefined ? null : /^([!-~]+) +(\S+)$/.exec(value);
  const scheme = match?.[1]?.toLowerCase();
  const credentials = match?.[2] ?? "";
  if (scheme === "bearer") return [{ kind: "bearer", token: credentials }];
  if (scheme === "basic") return basicAttempts(Buffer.from(credentials, "base64"));
  return none;
}

function basicAttempts(bytes: Buffer): readonly AuthenticationAttempt[] {
  const latin1 = basicAttempt(bytes.toString("latin1"));
  if (latin1 === undefined) return none;
  if (!isUtf8(bytes)) return [latin1];
  const utf8 = basicAttempt(bytes.toString("utf8"));
  const isAscii = bytes.every((byte) => byte < 0x80);
  return utf8 === undefined || isAscii ? [latin1] : [utf8, latin1];
}

/** Up to the first colon is the user, the rest is the password (RFC 7617, 2). */
function basicAttempt(text: string): AuthenticationAttempt | undefined {
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  // A copy: a slice would keep the password in memory for as long as the user is known.
  const user = Buffer.from(text.slice(0, colon)).toString();
  return { kind: "basic", user, password: text.slice(colon + 1) };
}
