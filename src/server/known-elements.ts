import { isKnownTag, type WbxmlElement } from "../wbxml/index.js";

/**
 * A document without the elements that no code page lists, and what is in them. Devices have elements of their own, and of versions that were never published: what
 * stands beside them is right without them. The same object where there are none.
 */
export function knownElements(document: WbxmlElement): WbxmlElement {
  const { tag, content } = document;
  if (content === null || typeof content === "string" || content instanceof Uint8Array) return document;
  const kept = content.filter((child) => isKnownTag(child.tag)).map(knownElements);
  const isWhole = kept.length === content.length && kept.every((child, at) => child === content[at]);
  return isWhole ? document : { tag, content: kept };
}
