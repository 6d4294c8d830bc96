import { isBase64Digit } from "./body-transfer.js";

/** Where things are in content that has a transfer encoding. */
export interface ContentLayout {
  /** Without its transfer encoding. */
  readonly sizeBytes: number;
  /** Base64 whose lines are all of one length: then any byte of the content can be found without what precedes it. */
  readonly lines: RegularLines | undefined;
  /** Whether it was found by looking at all of the content, and not by what its ends or the server say of it. */
  readonly isProven: boolean;
}

/** Lines of base64, all but the last. */
export interface RegularLines {
  /** With the line end. */
  readonly encodedBytes: number;
  readonly decodedBytes: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const equals = 0x3d;

/** Finds out whether base64 that comes in pieces has lines of one length and nothing else in them. */
export class Base64Lines {
  #lineBytes = 0;
  #length = 0;
  /** Whether a line was shorter, or padded: then it is the last. */
  #isOver = false;
  #isReturned = false;
  #isRegular = true;

  write(encoded: Uint8Array): void {
    for (const byte of encoded) {
      if (!this.#isRegular) return;
      this.#length += 1;
      if (byte === lineFeed) this.#endLine();
      else if (byte === carriageReturn && !this.#isReturned) this.#isReturned = true;
      else if (this.#isReturned) this.#isRegular = false;
      else if (byte === equals) this.#isOver = true;
      else if (this.#isOver || !isBase64Digit(byte)) this.#isRegular = false;
    }
  }

  /** What was found; undefined when the lines differ. */
  get regular(): RegularLines | undefined {
    const digits = this.#lineBytes - 2;
    if (!this.#isRegular || digits < 4 || digits % 4 !== 0 || this.#length > this.#lineBytes)
      return undefined;
    return { encodedBytes: this.#lineBytes, decodedBytes: (digits / 4) * 3 };
  }

  /** Whether the last line was met: what follows it belongs to no regular line. */
  get isOver(): boolean {
    return this.#isOver;
  }

  #endLine(): void {
    const length = this.#length;
    if (!this.#isReturned || length > this.#lineBytes)
      this.#isRegular = this.#lineBytes === 0 && this.#isReturned;
    this.#length = 0;
    this.#isReturned = false;
    if (this.#lineBytes === 0) this.#lineBytes = length;
    else if (length < this.#lineBytes) this.#isOver = true;
  }
}
