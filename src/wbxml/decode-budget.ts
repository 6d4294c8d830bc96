import { limitError } from "./decode-error.js";
import type { DecodeOptions } from "./decode-options.js";

/** What a document has used up of its limits so far. */
export class DecodeBudget {
  private readonly options: Required<DecodeOptions>;
  private pieces = 0;
  private textBytes = 0;
  private tableTextBytes = 0;

  constructor(options: Required<DecodeOptions>) {
    this.options = options;
  }

  /** Counts an element or a further piece of a text. */
  spendPiece(offset: number): void {
    this.pieces++;
    if (this.pieces > this.options.maxElements)
      throw limitError("maxElements", this.options.maxElements, offset);
  }

  /** Starts counting the text of another element. */
  startText(): void {
    this.textBytes = 0;
  }

  /** Counts bytes of UTF-8 in the text of one element. */
  spendText(length: number, offset: number): void {
    this.textBytes += length;
    if (this.textBytes > this.options.maxStringBytes) {
      throw limitError("maxStringBytes", this.options.maxStringBytes, offset);
    }
  }

  /** Counts bytes taken from the string table: a few bytes of a document can name a long text any number of times. */
  spendTableText(length: number, offset: number): void {
    this.tableTextBytes += length;
    if (this.tableTextBytes > this.options.maxBytes) {
      throw limitError("maxBytes", this.options.maxBytes, offset);
    }
  }
}
