import type { Tag } from "./element.js";
import { multiByteInteger } from "./integer-encoding.js";
import { OutputMemory } from "./output-memory.js";
import { isSendableBeyondAscii, isSendableControl, sendableText } from "./sendable-text.js";
import { contentBit, publicIdentifier, Token, utf8Charset, wbxmlVersion } from "./tokens.js";

/** A UTF-16 code unit takes at most this many bytes of UTF-8. */
const maxBytesPerCodeUnit = 3;

/** A page switch with its page, a tag, STR_I or OPAQUE, a length, the zero byte of a text, END. */
const maxOverheadBytes = 11;

/** Up to this many characters, writing one by one is faster than a native call. */
const shortTextLength = 24;

/** The bytes of one document while it is being written. */
export class DocumentWriter {
  private memory: OutputMemory;
  private length = 0;
  private page = 0;

  constructor(memory: OutputMemory) {
    this.memory = memory;
    for (const byte of [wbxmlVersion, publicIdentifier, utf8Charset, 0]) this.putByte(byte);
  }

  /** The memory in use, a larger one than at the start when that was too small. */
  get usedMemory(): OutputMemory {
    return this.memory;
  }

  /** Writes an element without content. */
  writeEmpty(tag: Tag): void {
    this.reserve(0);
    this.putTag(tag, 0);
  }

  /** Writes the start of an element whose children and end follow. */
  writeStart(tag: Tag): void {
    this.reserve(0);
    this.putTag(tag, contentBit);
  }

  /** Ends the element that {@link writeStart} started. */
  writeEnd(): void {
    this.reserve(0);
    this.putByte(Token.End);
  }

  /** Writes an element that holds `text` without the characters that must not be sent. */
  writeText(tag: Tag, text: string): void {
    const { length, page } = this;
    if (this.putTextElement(tag, text)) return;
    this.length = length;
    this.page = page;
    const sendable = sendableText(text);
    if (sendable === "") this.putTag(tag, 0);
    else this.putTextElement(tag, sendable);
  }

  /** Writes an element that holds bytes; `content` is not empty. */
  writeBytes(tag: Tag, content: Uint8Array): void {
    this.reserve(content.length);
    this.putTag(tag, contentBit);
    this.putByte(Token.Opaque);
    for (const byte of multiByteInteger(content.length)) this.putByte(byte);
    this.memory.bytes.set(content, this.length);
    this.length += content.length;
    this.putByte(Token.End);
  }

  /** A copy of what was written, of exactly its length. */
  finish(): Uint8Array {
    const { buffer, byteOffset } = this.memory.bytes;
    return new Uint8Array(buffer, byteOffset, this.length).slice();
  }

  /** Whether the whole text could be sent; when not, what was written of the element is to be dropped. */
  private putTextElement(tag: Tag, text: string): boolean {
    this.reserve(text.length * maxBytesPerCodeUnit);
    this.putTag(tag, contentBit);
    this.putByte(Token.InlineString);
    const start = this.length;
    if (text.length > shortTextLength || !this.putAscii(text)) {
      if (!isSendableBeyondAscii(text)) return false;
      this.length = start + this.memory.bytes.utf8Write(text, start, this.memory.bytes.length - start);
      if (this.memory.hasUnsendableControl(start, this.length)) return false;
    }
    this.putByte(0);
    this.putByte(Token.End);
    return true;
  }

  /** Whether all of `text` is ASCII that may be sent and so was written. */
  private putAscii(text: string): boolean {
    const { bytes } = this.memory;
    const start = this.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f || (code < 0x20 && !isSendableControl(code))) return false;
      bytes[start + i] = code;
    }
    this.length = start + text.length;
    return true;
  }

  private putTag(tag: Tag, content: number): void {
    const page = tag >> 8;
    if (page !== this.page) {
      this.putByte(Token.SwitchPage);
      this.putByte(page);
      this.page = page;
    }
    this.putByte((tag & 0xff) | content);
  }

  private putByte(byte: number): void {
    this.memory.bytes[this.length++] = byte;
  }

  /** Makes room for one element's start, `contentBytes` of content, and its end. */
  private reserve(contentBytes: number): void {
    const needed = this.length + contentBytes + maxOverheadBytes;
    const { bytes } = this.memory;
    if (needed <= bytes.length) return;
    this.memory = new OutputMemory(Math.max(needed, bytes.length * 2));
    this.memory.bytes.set(bytes.subarray(0, this.length));
  }
}
