import { limitError } from "./decode-error.js";
import { type DecodeOptions, resolveDecodeOptions } from "./decode-options.js";
import { DocumentReader } from "./document-reader.js";
import type { WbxmlElement } from "./element.js";
import { readHeader } from "./header.js";
import { nativeBuffer } from "./native-buffer.js";

export type { DecodeOptions } from "./decode-options.js";

/**
 * Decodes a WBXML document ([MS-ASWBXML] 2.1) to its root element.
 *
 * Texts are copies. OPAQUE content that is at least half of the document is a view of `bytes`, so that a large message
 * is not held twice; smaller OPAQUE content is a copy. A tree therefore never keeps much more memory alive than it
 * shows, and a caller that goes on writing to `bytes` must copy what it wants to keep.
 *
 * @throws DirectPushError with an `ERR_WBXML_*` code and the `offset` of the fault for every input that is not such a
 *   document or exceeds a limit, and `ERR_OPTION_INVALID` for options that make no sense. Nothing else is thrown.
 */
export function decode(bytes: Uint8Array, options?: DecodeOptions): WbxmlElement {
  const resolved = resolveDecodeOptions(options);
  if (bytes.length > resolved.maxBytes) {
    throw limitError("maxBytes", resolved.maxBytes, resolved.maxBytes);
  }
  const header = readHeader(bytes, resolved.strict);
  return new DocumentReader(nativeBuffer(bytes), header, resolved).read();
}
