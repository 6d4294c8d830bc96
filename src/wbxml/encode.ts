import { DirectPushError } from "../errors.js";
import { codePages } from "./code-pages/code-pages.js";
import { DocumentWriter } from "./document-writer.js";
import type { WbxmlElement } from "./element.js";
import { OutputMemory } from "./output-memory.js";
import { tagName } from "./tag-names.js";
import { firstElementToken, tokenMask } from "./tokens.js";

/** An element whose start is written, and how many of its children are. */
interface OpenElement {
  readonly children: readonly WbxmlElement[];
  next: number;
}

const initialBytes = 16 * 1024;

/** Larger memory is not kept from one document to the next. */
const maxSpareBytes = 256 * 1024;

/** Memory of an earlier document, to be used for the next one; undefined while one is being written. */
let spareMemory: OutputMemory | undefined;

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
  const memory = spareMemory ?? new OutputMemory(initialBytes);
  spareMemory = undefined;
  const writer = new DocumentWriter(memory);
  writeDocument(writer, root);
  const document = writer.finish();
  if (writer.usedMemory.bytes.length <= maxSpareBytes) spareMemory = writer.usedMemory;
  return document;
}

function writeDocument(writer: DocumentWriter, root: WbxmlElement): void {
  const open: OpenElement[] = [];
  let element: WbxmlElement | undefined = root;
  while (element !== undefined) {
    const children = writeElement(writer, element);
    if (children !== undefined) open.push({ children, next: 0 });
    element = nextElement(writer, open);
  }
}

/** Writes `element`, or only its start when it has children, which are returned. */
function writeElement(writer: DocumentWriter, element: WbxmlElement): readonly WbxmlElement[] | undefined {
  const { tag, content } = element;
  checkTag(tag);
  if (content === null || content.length === 0) {
    writer.writeEmpty(tag);
  } else if (typeof content === "string") {
    writer.writeText(tag, content);
  } else if (content instanceof Uint8Array) {
    writer.writeBytes(tag, content);
  } else {
    writer.writeStart(tag);
    return content;
  }
  return undefined;
}

/** Ends the open elements whose children are all written, and returns the element to write next. */
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
  if (tag >= 0 && tag >> 8 < codePages.length && token >= firstElementToken && token <= tokenMask) return;
  throw new DirectPushError("ERR_WBXML_ENCODE", `${tagName(tag)} is not a tag`);
}
