import { DirectPushError, type DirectPushErrorCode } from "../errors.js";
import type { DecodeOptions } from "./decode-options.js";
import type { Tag } from "./element.js";
import { tagName } from "./tag-names.js";

/** The error for a document that cannot be decoded; `offset` is where in it. */
export function decodeError(code: DirectPushErrorCode, message: string, offset: number): DirectPushError {
  return new DirectPushError(code, `${message} at offset ${offset}`, { offset });
}

/** The error for a document that exceeds the option `name`, which allows `limit`. */
export function limitError(name: keyof DecodeOptions, limit: number, offset: number): DirectPushError {
  return decodeError("ERR_WBXML_LIMIT", `the document exceeds ${name} (${limit})`, offset);
}

/** The error for an element that holds text, bytes or elements beside one another. */
export function mixedContentError(tag: Tag, offset: number): DirectPushError {
  return decodeError("ERR_WBXML_STRUCTURE", `${tagName(tag)} holds more than one kind of content`, offset);
}

/** The error for text, bytes or an END before the root element. */
export function topLevelContentError(offset: number): DirectPushError {
  return decodeError("ERR_WBXML_STRUCTURE", "there is content or an end outside of the root element", offset);
}

/** The error for a global token that [MS-ASWBXML] 2.1.3 excludes. */
export function excludedTokenError(name: string, offset: number): DirectPushError {
  return decodeError("ERR_WBXML_TOKEN", `${name} is not used by ActiveSync`, offset);
}
