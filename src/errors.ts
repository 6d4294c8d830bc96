/**
 * Every code a {@link DirectPushError} can carry. The codes are stable and listed in docs/errors.md; messages may change.
 */
export type DirectPushErrorCode =
  // Options
  | "ERR_OPTION_INVALID"
  // HTTP hosts
  | "ERR_BODY_CONSUMED"
  | "ERR_BODY_ABORTED"
  // Calls into the integrator's code
  | "ERR_CALL_FAILED"
  | "ERR_CALL_TIMEOUT"
  // Mailbox
  | "ERR_MAILBOX_UNAVAILABLE"
  | "ERR_LOGIN_REFUSED"
  // State
  | "ERR_STATE_CONFLICT"
  | "ERR_STATE_UNAVAILABLE"
  // Other processes
  | "ERR_RELAY_UNAVAILABLE"
  // WBXML decoding
  | "ERR_WBXML_TRUNCATED"
  | "ERR_WBXML_HEADER"
  | "ERR_WBXML_CHARSET"
  | "ERR_WBXML_TOKEN"
  | "ERR_WBXML_CODE_PAGE"
  | "ERR_WBXML_STRUCTURE"
  | "ERR_WBXML_INTEGER"
  | "ERR_WBXML_STRING_TABLE"
  | "ERR_WBXML_UTF8"
  | "ERR_WBXML_LIMIT"
  // WBXML encoding
  | "ERR_WBXML_ENCODE";

/** What else a {@link DirectPushError} tells. */
export interface DirectPushErrorDetails {
  /** What made it fail, when that was another error. */
  readonly cause?: unknown;
  /** Byte offset in the document, for `ERR_WBXML_*` codes of the decoder. */
  readonly offset?: number;
}

/**
 * The one error class of this library. `code` tells what went wrong; docs/errors.md says what to do about each.
 * Its message may name private details and belongs in a log, never in an answer to a device.
 */
export class DirectPushError extends Error {
  /** Stable identifier of what went wrong. */
  readonly code: DirectPushErrorCode;
  /** Byte offset in the WBXML document that was being decoded; undefined for every other kind of error. */
  readonly offset: number | undefined;

  constructor(code: DirectPushErrorCode, message: string, details: DirectPushErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "DirectPushError";
    this.code = code;
    this.offset = details.offset;
  }
}
