import type { EasResult } from "../transport/eas-transport.js";

/** Why something did not come about. */
export type ClientFailure =
  /** No answer, or one from something that does not speak ActiveSync (`unreadable`). To be tried again. */
  | {
      readonly kind: "no-answer";
      readonly how: "unreachable" | "cut" | "silent" | "unreadable";
      /** From the connection on; 0 for `unreachable`. */
      readonly afterSeconds: number;
      readonly error: Error | undefined;
    }
  /** The server cannot at present. To be tried again, after `retryAfterSeconds` if it said so. */
  | {
      readonly kind: "busy";
      readonly command: string;
      readonly httpStatus: number;
      /** The protocol's Status; undefined where HTTP alone told. */
      readonly status: number | undefined;
      readonly retryAfterSeconds: number | undefined;
      readonly afterSeconds: number;
    }
  /** HTTP 401: the password or token is wrong, or is no longer right. */
  | { readonly kind: "unauthorised" }
  /** The server will not, however often it is asked. */
  | {
      readonly kind: "refused";
      readonly command: string;
      readonly httpStatus: number;
      readonly status: number | undefined;
    }
  /** The administrator wants this device, or what it has of this account, erased. This library erases nothing. */
  | { readonly kind: "wipe-requested"; readonly scope: "device" | "account" }
  /** `acceptPolicy` said no. */
  | { readonly kind: "policy-refused" }
  | { readonly kind: "no-common-version"; readonly offered: readonly string[] }
  | { readonly kind: "aborted" };

/** HTTP statuses after which the same request gets the same answer ([MS-ASHTTP] 2.2.2.1.1). */
const refusing: ReadonlySet<number> = new Set([400, 403, 404, 405, 413, 451, 456, 457, 501, 505]);

/** What a result other than an answer with status 200 means; undefined for such an answer. HTTP 449 is left to the caller. */
export function failureOf(command: string, result: EasResult, nowMs: number): ClientFailure | undefined {
  switch (result.kind) {
    case "aborted":
      return { kind: "aborted" };
    case "unreachable":
      return { kind: "no-answer", how: "unreachable", afterSeconds: 0, error: result.error };
    case "silent":
      return { kind: "no-answer", how: "silent", afterSeconds: result.afterSeconds, error: undefined };
    case "cut":
    case "unreadable":
      return { kind: "no-answer", how: result.kind, afterSeconds: result.afterSeconds, error: result.error };
    case "answered": {
      const { status: httpStatus, headers, afterSeconds } = result;
      if (httpStatus === 200) return undefined;
      if (httpStatus === 401) return { kind: "unauthorised" };
      if (refusing.has(httpStatus)) return { kind: "refused", command, httpStatus, status: undefined };
      const retryAfterSeconds = secondsToWait(headers["retry-after"], nowMs);
      return { kind: "busy", command, httpStatus, status: undefined, retryAfterSeconds, afterSeconds };
    }
  }
}

/** Retry-After in both of its forms (RFC 9110, 10.2.3); at most a day. */
function secondsToWait(retryAfter: string | undefined, nowMs: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - nowMs) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(0, seconds), 24 * 3600);
}

/** Common statuses that no repetition changes ([MS-ASCMD] 2.2.2); the others of 100 and more may pass. */
const final: ReadonlySet<number> = new Set([
  101, 102, 103, 105, 108, 109, 112, 123, 124, 125, 126, 127, 128, 129, 130, 131, 137, 138, 139, 141, 145,
  165, 177,
]);

/** What a common Status of 100 and more means for the command that got it. */
export function commonFailure(command: string, status: number, afterSeconds: number): ClientFailure {
  if (final.has(status)) return { kind: "refused", command, httpStatus: 200, status };
  return {
    kind: "busy",
    command,
    httpStatus: 200,
    status,
    retryAfterSeconds: undefined,
    afterSeconds,
  };
}
