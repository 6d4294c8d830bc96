import { type NativeBuffer, nativeBuffer } from "./native-buffer.js";
import { isSendableControl } from "./sendable-text.js";

/** The highest bit of each of the four bytes of a word. */
const highBits = 0x80808080 | 0;

/** Memory that a document is written to, as bytes and, for quick scans, as words of four. */
export class OutputMemory {
  /** The memory. */
  readonly bytes: NativeBuffer;
  private readonly words: Int32Array;

  /** `capacity` in bytes; it is rounded up to whole words. */
  constructor(capacity: number) {
    const wordCount = Math.ceil(capacity / 4);
    // Not from the shared pool: the words need an aligned start.
    this.bytes = nativeBuffer(Buffer.allocUnsafeSlow(wordCount * 4));
    this.words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, wordCount);
  }

  /** Whether the bytes from `start` to `end` have a control character that must not be sent. */
  hasUnsendableControl(start: number, end: number): boolean {
    const { words } = this;
    const firstWord = (start + 3) >>> 2;
    const lastWord = end >>> 2;
    if (firstWord >= lastWord) return this.scanBytes(start, end);
    if (this.scanBytes(start, firstWord * 4) || this.scanBytes(lastWord * 4, end)) return true;
    for (let i = firstWord; i < lastWord; i++) {
      const word = words[i] as number;
      // Not zero exactly when one of the four bytes is below 0x20.
      if (((word - 0x20202020) & ~word & highBits) !== 0 && this.scanBytes(i * 4, i * 4 + 4)) return true;
    }
    return false;
  }

  private scanBytes(start: number, end: number): boolean {
    for (let i = start; i < end; i++) {
      const byte = this.bytes[i] as number;
      if (byte < 0x20 && !isSendableControl(byte)) return true;
    }
    return false;
  }
}
