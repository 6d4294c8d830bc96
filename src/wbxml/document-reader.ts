import { codePages } from "./code-pages/code-pages.js";
import { DecodeBudget } from "./decode-budget.js";
import {
  decodeError,
  excludedTokenError,
  limitError,
  mixedContentError,
  topLevelContentError,
} from "./decode-error.js";
import type { DecodeOptions } from "./decode-options.js";
import type { Tag, WbxmlElement } from "./element.js";
import type { DocumentHeader } from "./header.js";
import { readMultiByteInteger } from "./integer-encoding.js";
import type { NativeBuffer } from "./native-buffer.js";
import { isKnownTag, tagName } from "./tag-names.js";
import { entityText, shortTextEnd, textEnd, utf8Text } from "./text-decoding.js";
import { contentBit, firstElementToken, Token, tokenMask } from "./tokens.js";

interface OpenElement {
  readonly tag: Tag;
  content: string | Uint8Array | WbxmlElement[] | null;
}

/** Reads the one element that follows a document's header. One instance reads one document, without recursion. */
export class DocumentReader {
  private readonly bytes: NativeBuffer;
  private readonly header: DocumentHeader;
  private readonly options: Required<DecodeOptions>;
  private readonly budget: DecodeBudget;
  private position: number;
  private page = 0;
  private root: WbxmlElement | undefined;
  private current: OpenElement | undefined;
  private readonly ancestors: OpenElement[] = [];

  constructor(bytes: NativeBuffer, header: DocumentHeader, options: Required<DecodeOptions>) {
    this.bytes = bytes;
    this.header = header;
    this.options = options;
    this.budget = new DecodeBudget(options);
    this.position = header.tableEnd;
  }

  /** Reads the root element up to the end of the document. */
  read(): WbxmlElement {
    let root: WbxmlElement | undefined;
    while (root === undefined || this.current !== undefined) {
      this.readToken();
      root = this.root;
    }
    if (this.position < this.bytes.length) {
      throw decodeError("ERR_WBXML_STRUCTURE", "there is more after the root element", this.position);
    }
    return root;
  }

  private readToken(): void {
    const offset = this.position;
    const byte = this.bytes[offset];
    if (byte === undefined) throw decodeError("ERR_WBXML_TRUNCATED", "the document ends too early", offset);
    this.position = offset + 1;
    switch (byte) {
      case Token.End:
        this.readEnd(offset);
        break;
      case Token.InlineString:
        this.readInlineString(offset);
        break;
      case Token.SwitchPage:
        this.readSwitchPage();
        break;
      case Token.Opaque:
        this.readOpaque(offset);
        break;
      case Token.Entity:
        this.readEntity(offset);
        break;
      case Token.TableString:
        this.readTableString(offset);
        break;
      default:
        this.readTag(byte, offset);
    }
  }

  private readTag(byte: number, offset: number): void {
    const token = byte & tokenMask;
    if (byte > (contentBit | tokenMask) || token < firstElementToken) {
      throw excludedTokenError(`token 0x${byte.toString(16)}`, offset);
    }
    if (this.page >= codePages.length) {
      throw decodeError("ERR_WBXML_CODE_PAGE", `there is no code page ${this.page}`, offset);
    }
    const tag = (this.page << 8) | token;
    if (this.options.strict && !isKnownTag(tag)) {
      throw decodeError("ERR_WBXML_TOKEN", `no code page lists ${tagName(tag)}`, offset);
    }
    this.budget.spendPiece(offset);
    const element: OpenElement = { tag, content: null };
    this.append(element, offset);
    if ((byte & contentBit) !== 0 && !this.readShortLeaf(element)) this.openElement(element);
  }

  /** Reads the content and the END of the most frequent kind of element, one short text; when it is not that, nothing. */
  private readShortLeaf(element: OpenElement): boolean {
    const { bytes, options } = this;
    const start = this.position + 1;
    if (bytes[this.position] !== Token.InlineString) return false;
    const end = shortTextEnd(bytes, start);
    if (end <= start || bytes[end + 1] !== Token.End) return false;
    if (end - start > options.maxStringBytes) return false;
    element.content = utf8Text(bytes, start, end);
    this.position = end + 2;
    return true;
  }

  private append(element: OpenElement, offset: number): void {
    const parent = this.current;
    const depth = parent === undefined ? 1 : this.ancestors.length + 2;
    if (depth > this.options.maxDepth) {
      throw limitError("maxDepth", this.options.maxDepth, offset);
    }
    if (parent === undefined) {
      this.root = element;
    } else if (parent.content === null) {
      parent.content = [element];
    } else if (Array.isArray(parent.content)) {
      parent.content.push(element);
    } else {
      throw mixedContentError(parent.tag, offset);
    }
  }

  private openElement(element: OpenElement): void {
    if (this.current !== undefined) this.ancestors.push(this.current);
    this.current = element;
    this.budget.startText();
  }

  private readEnd(offset: number): void {
    const closed = this.current;
    if (closed === undefined) throw topLevelContentError(offset);
    if (closed.content !== null && closed.content.length === 0) closed.content = null;
    this.current = this.ancestors.pop();
  }

  private readSwitchPage(): void {
    const page = this.bytes[this.position];
    if (page === undefined) {
      throw decodeError("ERR_WBXML_TRUNCATED", "the document ends within a page switch", this.position);
    }
    this.position++;
    this.page = page;
  }

  private readInlineString(offset: number): void {
    const start = this.position;
    const end = textEnd(this.bytes, start, this.bytes.length);
    if (end === -1) throw decodeError("ERR_WBXML_TRUNCATED", "a string has no end", offset);
    this.position = end + 1;
    this.budget.spendText(end - start, offset);
    this.appendText(utf8Text(this.bytes, start, end), offset);
  }

  private readTableString(offset: number): void {
    if (this.options.strict) throw excludedTokenError("STR_T", offset);
    const index = this.readInteger();
    const { tableStart, tableEnd } = this.header;
    const start = tableStart + index;
    const end = start < tableEnd ? textEnd(this.bytes, start, tableEnd) : -1;
    if (end === -1) throw decodeError("ERR_WBXML_STRING_TABLE", `there is no string ${index}`, offset);
    this.budget.spendTableText(end - start, offset);
    this.budget.spendText(end - start, offset);
    this.appendText(utf8Text(this.bytes, start, end), offset);
  }

  private readEntity(offset: number): void {
    if (this.options.strict) throw excludedTokenError("ENTITY", offset);
    const text = entityText(this.readInteger(), offset);
    this.budget.spendText(text.length, offset);
    this.appendText(text, offset);
  }

  private readOpaque(offset: number): void {
    const length = this.readInteger();
    const start = this.position;
    const end = start + length;
    if (end > this.bytes.length) throw decodeError("ERR_WBXML_TRUNCATED", "bytes are missing", offset);
    if (length > this.options.maxOpaqueBytes) {
      throw limitError("maxOpaqueBytes", this.options.maxOpaqueBytes, offset);
    }
    const { current } = this;
    if (current === undefined) throw topLevelContentError(offset);
    if (current.content !== null) throw mixedContentError(current.tag, offset);
    this.position = end;
    current.content = opaqueContent(this.bytes, start, end);
  }

  private readInteger(): number {
    const { value, end } = readMultiByteInteger(this.bytes, this.position);
    this.position = end;
    return value;
  }

  private appendText(text: string, offset: number): void {
    const { current } = this;
    if (current === undefined) throw topLevelContentError(offset);
    if (current.content === null) {
      current.content = text;
    } else if (typeof current.content === "string") {
      this.budget.spendPiece(offset);
      current.content += text;
    } else {
      throw mixedContentError(current.tag, offset);
    }
  }
}

function opaqueContent(bytes: NativeBuffer, start: number, end: number): Uint8Array {
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
  return view.length * 2 >= bytes.length ? view : view.slice();
}
