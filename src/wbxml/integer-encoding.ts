import { decodeError } from "./decode-error.js";

/** A multi-byte integer and where the bytes after it begin. */
export interface MultiByteInteger {
  readonly value: number;
  readonly end: number;
}

/**
 * Reads an mb_u_int32: groups of 7 bits, highest first, the high bit saying that another follows; at most 5 bytes and 32 bits.
 *
 * @throws DirectPushError `ERR_WBXML_TRUNCATED` at the end of input, `ERR_WBXML_INTEGER` when it is longer or larger.
 */
export function readMultiByteInteger(bytes: Uint8Array, offset: number): MultiByteInteger {
  let value = 0;
  for (let i = offset; i < offset + 5; i++) {
    const byte = bytes[i];
    if (byte === undefined) throw decodeError("ERR_WBXML_TRUNCATED", "the input ends within an integer", i);
    value = value * 128 + (byte & 0x7f);
    if (value > 0xffffffff)
      throw decodeError("ERR_WBXML_INTEGER", "an integer has more than 32 bits", offset);
    if (byte < 0x80) return { value, end: i + 1 };
  }
  throw decodeError("ERR_WBXML_INTEGER", "an integer has more than 5 bytes", offset);
}

/** The bytes of an mb_u_int32 in its shortest form; `value` is an integer from 0 to 4,294,967,295. */
export function multiByteInteger(value: number): number[] {
  const encoded = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    encoded.unshift((rest % 128) | 0x80);
  }
  return encoded;
}
