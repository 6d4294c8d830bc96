import { decodeError } from "./decode-error.js";
import { readMultiByteInteger } from "./integer-encoding.js";
import { publicIdentifier, utf8Charset, wbxmlVersion } from "./tokens.js";

/** What comes before the root element. */
export interface DocumentHeader {
  /** Where the string table starts. */
  readonly tableStart: number;
  /** Where the string table ends and the document body begins; equal to `tableStart` when there is no table. */
  readonly tableEnd: number;
}

/**
 * Reads the header: version, public identifier, character set and the extent of the string table.
 *
 * @throws DirectPushError `ERR_WBXML_HEADER`, `ERR_WBXML_CHARSET`, `ERR_WBXML_INTEGER`, `ERR_WBXML_TRUNCATED`, and
 *   `ERR_WBXML_STRING_TABLE` for a string table when `strict`.
 */
export function readHeader(bytes: Uint8Array, strict: boolean): DocumentHeader {
  if (bytes.length === 0) throw decodeError("ERR_WBXML_TRUNCATED", "the document is empty", 0);
  if (bytes[0] !== wbxmlVersion) throw decodeError("ERR_WBXML_HEADER", "not a WBXML 1.3 document", 0);
  const publicId = readMultiByteInteger(bytes, 1);
  if (publicId.value !== publicIdentifier) {
    throw decodeError("ERR_WBXML_HEADER", `the public identifier is ${publicId.value} instead of 1`, 1);
  }
  const charset = readMultiByteInteger(bytes, publicId.end);
  if (charset.value !== utf8Charset) {
    throw decodeError("ERR_WBXML_CHARSET", `the character set is ${charset.value}, not UTF-8`, publicId.end);
  }
  const tableLength = readMultiByteInteger(bytes, charset.end);
  if (strict && tableLength.value !== 0) {
    throw decodeError("ERR_WBXML_STRING_TABLE", "the document has a string table", charset.end);
  }
  const tableEnd = tableLength.end + tableLength.value;
  if (tableEnd > bytes.length) {
    throw decodeError("ERR_WBXML_TRUNCATED", "the string table is longer than the document", charset.end);
  }
  return { tableStart: tableLength.end, tableEnd };
}
