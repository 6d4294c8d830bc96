import { DirectPushError, type DirectPushErrorCode } from "../errors.js";

/** The error for a document that cannot be decoded; `offset` is where in it. */
export function decodeError(code: DirectPushErrorCode, message: string, offset: number): DirectPushError {
  return new DirectPushError(code, `${message} at offset ${offset}`, { offset });
}
