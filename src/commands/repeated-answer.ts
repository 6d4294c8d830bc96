import type { WbxmlElement } from "../wbxml/element.js";
import { encode } from "../wbxml/index.js";

const encodings = new WeakMap<WbxmlElement, Uint8Array>();

/** Encodes a document now that many devices are going to be given, and that stays as it is. Returns it. */
export function repeatedAnswer(document: WbxmlElement): WbxmlElement {
  // A Buffer: adapters on Node make texts of short answers, for which any other array would have to be wrapped each time.
  encodings.set(document, Buffer.from(encode(document)));
  return document;
}

/** The bytes of an answer. Those of a {@link repeatedAnswer} are the same array each time: they are not to be written to. */
export function encodeAnswer(document: WbxmlElement): Uint8Array {
  return encodings.get(document) ?? encode(document);
}
