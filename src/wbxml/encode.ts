import { DirectPushError } from "../errors.js";
import { codePages } from "./code-pages/code-pages.js";
import { DocumentWriter } from "./document-writer.js";
import type { WbxmlElement } from "./element.js";
import { sendableText } from "./sendable-text.js";
import { tagName } from "./tag-names.js";
import { firstElementToken, tokenMask } from "./tokens.js";

/** An element whose start is written, and how many of its children are. */
interface OpenElement {
  readonly children: readonly WbxmlElement[];
  next: number;
}

const initialBytes = 4096;

/**
 * Encodes a document, given as its root element, to WBXML ([MS-ASWBXML] 2.1). It is as short as WBXML allows: page
 * switches only where the page changes, and no content for an element whose content is `null`, `""`, `[]` or zero bytes.
 *
 * Characters that WBXML or XML 1.0 cannot carry are left out of texts: U+0000 to U+001F except tab, line feed and
 * carriage return, U+FFFE, U+FFFF, and surrogates without a partner.
 *
 * @throws DirectPushError `ERR_WBXML_ENCODE` when a tag has a page beyond 25 or a token outside of 0x05 to 0x3F.
 */
export function encode(root: WbxmlElement): Uint8Array {
  const writer = new DocumentWriter(initialBytes);
  const open: OpenElement[] = [];
  let element: WbxmlElement | undefined = root;
  while (element !== undefined) {
    const children = writeStart(writer, element);
    if (children !== undefined) open.push({ children, next: 0 });
    element = nextElement(writer, open);
  }
  return writer.finish();
}

/** Writes `element` as far as its children, and returns those; undefined when the element is complete. */
function writeStart(writer: DocumentWriter, element: WbxmlElement): readonly WbxmlElement[] | undefined {
  const { tag } = element;
  const content = typeof element.content === "string" ? sendableText(element.content) : element.content;
  checkTag(tag);
  if (content === null || content.length === 0) {
    writer.writeTag(tag, false);
    return undefined;
  }
  writer.writeTag(tag, true);
  if (typeof content === "string") {
    writer.writeText(content);
  } else if (content instanceof Uint8Array) {
    writer.writeOpaque(content);
  } else {
    return content;
  }
  writer.writeEnd();
  return undefined;
}

/** Closes the open elements whose children are all written, and returns the element to write next. */
function nextElement(writer: DocumentWriter, open: OpenElement[]): WbxmlElement | undefined {
  for (let parent = open.at(-1); parent !== undefined; parent = open.at(-1)) {
    const element = parent.children[parent.next++];
    if (element !== undefined) return element;
    writer.writeEnd();
    open.pop();
  }
  return undefined;
}

function checkTag(tag: number): void {
  const token = tag & 0xff;
  if (tag >> 8 < codePages.length && tag >= 0 && token >= firstElementToken && token <= tokenMask) return;
  throw new DirectPushError("ERR_WBXML_ENCODE", `${tagName(tag)} is not a tag`);
}
