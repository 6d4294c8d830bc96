import { isBase64Digit } from "./body-transfer.js";

/** Where things are in content that has a transfer encoding. */
export interface ContentLayout {
  /** Without its transfer encoding. */
  readonly sizeBytes: number;
  /** Base64 that begins with lines of one length: as far as they were seen, a byte of the content can be found without what precedes it. */
  readonly lines: SeenLines | undefined;
  /** Whether it was found by looking at all of the content, and not by what its ends or the server say of it. */
  readonly isProven: boolean;
}

/** Lines of base64 that are all alike, but for the last. */
export interface RegularLines {
  /** With the line end. */
  readonly encodedBytes: number;
  readonly decodedBytes: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const equals = 0x3d;

/**
 * How far base64 was seen to have regular lines, from its beginning on. What was not seen is not relied on: lines may differ in the middle of content whose ends and
 * whose length are those of regular lines.
 */
export class SeenLines {
  readonly #lines: RegularLines;
  #seen: number;

  /** @param seen how many lines, from the first on, are known to be regular. */
  constructor(lines: RegularLines, seen: number) {
    this.#lines = lines;
    this.#seen = seen;
  }

  /** The last place that is known, at or before a byte of the content; 0 is at the beginning. */
  lineFor(decoded: number): number {
    return Math.min(Math.floor(decoded / this.#lines.decodedBytes), this.#seen);
  }

  /** Where a line that {@link lineFor} told begins, as it is stored and without its encoding. */
  startOf(line: number): { readonly encoded: number; readonly decoded: number } {
    return { encoded: line * this.#lines.encodedBytes, decoded: line * this.#lines.decodedBytes };
  }

  /** Takes what is stored from such a line on, in pieces as they come. */
  seeingFrom(line: number): (encoded: Uint8Array) => void {
    const lines = new Base64Lines(this.#lines.encodedBytes);
    return (encoded) => {
      lines.write(encoded);
      this.#seen = Math.max(this.#seen, line + lines.wholeLines);
    };
  }
}

/** Finds out whether base64 that comes in pieces has lines of one length and nothing else in them. */
export class Base64Lines {
  #lineBytes: number;
  #wholeLines = 0;
  #length = 0;
  /** Whether a line was shorter, or padded: then it is the last. */
  #isOver = false;
  #isReturned = false;
  #isRegular = true;

  /** @param lineBytes the length that lines are to have, with the line end; 0: that of the first. */
  constructor(lineBytes = 0) {
    this.#lineBytes = lineBytes;
  }

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

  /** How many lines, from the first on, had the one length and digits alone. */
  get wholeLines(): number {
    return this.#wholeLines;
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
    if (this.#isRegular && !this.#isOver) this.#wholeLines += 1;
  }
}
