import { isUtf8 } from "node:buffer";
import { decodeError } from "./decode-error.js";
import type { NativeBuffer } from "./native-buffer.js";

const replacementCharacter = "\ufffd";

/** Most flags, statuses and identifiers are one character; these save a native call and a new string for each. */
const asciiCharacters: readonly string[] = Array.from({ length: 0x80 }, (_, code) =>
  String.fromCharCode(code),
);

/** Up to this many bytes, looking for the end of a text byte by byte is faster than a native call. */
const shortTextBytes = 48;

/** Where the text that starts at `start` has its zero byte; -1 when that is not near or there is none. */
export function shortTextEnd(bytes: NativeBuffer, start: number): number {
  const limit = Math.min(start + shortTextBytes, bytes.length);
  for (let i = start; i < limit; i++) {
    if (bytes[i] === 0) return i;
  }
  return -1;
}

/** Where the text that starts at `start` has its zero byte; -1 when it has none before `limit`. */
export function textEnd(bytes: NativeBuffer, start: number, limit: number): number {
  const near = shortTextEnd(bytes, start);
  const end = near === -1 ? bytes.indexOf(0, start + shortTextBytes) : near;
  return end < limit ? end : -1;
}

/**
 * The bytes from `start` to `end` as text. The text is a copy and does not keep `bytes` alive.
 *
 * @throws DirectPushError `ERR_WBXML_UTF8` when they are not UTF-8.
 */
export function utf8Text(bytes: NativeBuffer, start: number, end: number): string {
  if (end - start === 1) {
    const character = asciiCharacters[bytes[start] as number];
    if (character !== undefined) return character;
  }
  const text = bytes.utf8Slice(start, end);
  // Only a text with the replacement character can have been invalid, and nearly none has it: validate just those.
  if (text.includes(replacementCharacter) && !isUtf8(bytes.subarray(start, end))) {
    throw decodeError("ERR_WBXML_UTF8", "a string is not UTF-8", start);
  }
  return text;
}

/**
 * The character of an ENTITY token.
 *
 * @throws DirectPushError `ERR_WBXML_INTEGER` when the code point is zero, a surrogate, or beyond Unicode.
 */
export function entityText(codePoint: number, offset: number): string {
  if (codePoint === 0 || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) {
    throw decodeError("ERR_WBXML_INTEGER", `${codePoint} is not a character`, offset);
  }
  return String.fromCodePoint(codePoint);
}
