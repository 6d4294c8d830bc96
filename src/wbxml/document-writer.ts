import { multiByteInteger } from "./integer-encoding.js";
import { type NativeBuffer, nativeBuffer } from "./native-buffer.js";
import { contentBit, publicIdentifier, Token, utf8Charset, wbxmlVersion } from "./tokens.js";

/** A UTF-16 code unit takes at most this many bytes of UTF-8. */
const maxBytesPerCodeUnit = 3;

/** The bytes of a document while it is being written. */
export class DocumentWriter {
  private bytes: NativeBuffer;
  private length = 0;
  private page = 0;

  constructor(initialBytes: number) {
    this.bytes = nativeBuffer(new Uint8Array(initialBytes));
    this.writeByte(wbxmlVersion);
    this.writeByte(publicIdentifier);
    this.writeByte(utf8Charset);
    this.writeByte(0);
  }

  /** Writes a tag, and a page switch before it when its page is not the current one. */
  writeTag(tag: number, hasContent: boolean): void {
    const page = tag >> 8;
    if (page !== this.page) {
      this.writeByte(Token.SwitchPage);
      this.writeByte(page);
      this.page = page;
    }
    this.writeByte((tag & 0xff) | (hasContent ? contentBit : 0));
  }

  writeEnd(): void {
    this.writeByte(Token.End);
  }

  /** Writes text that has no characters that must not be sent. */
  writeText(text: string): void {
    this.reserve(text.length * maxBytesPerCodeUnit + 2);
    this.writeByte(Token.InlineString);
    this.length += this.bytes.utf8Write(text, this.length, text.length * maxBytesPerCodeUnit);
    this.writeByte(0);
  }

  writeOpaque(content: Uint8Array): void {
    this.writeByte(Token.Opaque);
    for (const byte of multiByteInteger(content.length)) this.writeByte(byte);
    this.reserve(content.length);
    this.bytes.set(content, this.length);
    this.length += content.length;
  }

  /** A copy of what was written, of exactly its length. */
  finish(): Uint8Array {
    return new Uint8Array(this.bytes.buffer, 0, this.length).slice();
  }

  private writeByte(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = nativeBuffer(new Uint8Array(Math.max(needed, this.bytes.length * 2)));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
