/** Takes the transfer encoding (RFC 2045, 6) off content that comes in pieces. */
export interface TransferDecoder {
  /** What the piece completes. */
  write(encoded: Uint8Array): Uint8Array;
  /** What is left when the content is over. */
  end(): Uint8Array;
}

const nothing = new Uint8Array(0);

/** The decoder of an encoding, in lower case. What is not known is taken for no encoding at all (RFC 2045, 6.4, leaves nothing better). */
export function transferDecoder(encoding: string): TransferDecoder {
  if (encoding === "base64") return new Base64Decoder();
  if (encoding === "quoted-printable") return new QuotedPrintableDecoder();
  return { write: (encoded) => encoded, end: () => nothing };
}

/** Content without its transfer encoding. Of content that was cut off, as much as can be decoded. */
export function decodedTransfer(encoded: Uint8Array, encoding: string): Buffer {
  const decoder = transferDecoder(encoding);
  return Buffer.concat([decoder.write(encoded), decoder.end()]);
}

/** About how many bytes content has without its transfer encoding. */
export function decodedSizeEstimate(encodedBytes: number, encoding: string): number {
  // 76 characters and a line end for 57 bytes.
  return encoding === "base64" ? Math.floor((encodedBytes * 57) / 78) : encodedBytes;
}

/** How many encoded bytes are sure to hold the first `decodedBytes` of ordinary content. */
export function encodedBytesFor(decodedBytes: number, encoding: string): number {
  if (encoding === "base64") return Math.ceil((decodedBytes * 78) / 57) + 78;
  return encoding === "quoted-printable" ? decodedBytes * 3 + 78 : decodedBytes;
}

const equals = 0x3d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;

const digits = Array.from({ length: 256 }, (_, byte) => /[A-Za-z0-9+/\-_]/.test(String.fromCharCode(byte)));

/** Whether a byte is one of the 64 characters; the URL alphabet is taken, too. */
export function isBase64Digit(byte: number): boolean {
  return digits[byte] === true;
}

/** Anything that is no digit is left out, as RFC 2045, 6.8, wants it; padding within the content begins anew, as concatenated parts need it. */
class Base64Decoder implements TransferDecoder {
  #left = "";

  write(encoded: Uint8Array): Uint8Array {
    const clean = Buffer.alloc(encoded.length);
    const pieces: Buffer[] = [];
    let length = 0;
    for (const byte of encoded) {
      if (byte === equals) {
        pieces.push(this.#take(clean.toString("latin1", 0, length), true));
        length = 0;
      } else if (isBase64Digit(byte)) {
        clean[length] = byte;
        length += 1;
      }
    }
    pieces.push(this.#take(clean.toString("latin1", 0, length), false));
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }

  end(): Uint8Array {
    return this.#take("", true);
  }

  #take(text: string, isEnd: boolean): Buffer {
    const all = this.#left + text;
    const whole = isEnd ? all.length : all.length - (all.length % 4);
    this.#left = all.slice(whole);
    return Buffer.from(all.slice(0, whole), "base64");
  }
}

/** Bad escapes stay as they are; blanks before a line end are dropped (RFC 2045, 6.7). */
class QuotedPrintableDecoder implements TransferDecoder {
  #left: Uint8Array = nothing;

  write(encoded: Uint8Array): Uint8Array {
    const bytes = this.#left.length === 0 ? encoded : Buffer.concat([this.#left, encoded]);
    const end = undecidedFrom(bytes);
    this.#left = Uint8Array.from(bytes.subarray(end));
    return decodedLines(bytes.subarray(0, end));
  }

  end(): Uint8Array {
    const left = this.#left;
    this.#left = nothing;
    // An escape that is cut off says nothing.
    const begun = left.indexOf(equals);
    return decodedLines(begun < 0 ? left : left.subarray(0, begun));
  }
}

/** Where the end begins whose meaning depends on what follows: blanks, a line end, an escape. */
function undecidedFrom(bytes: Uint8Array): number {
  let at = bytes.length;
  while (at > 0 && isBlank(bytes[at - 1])) at -= 1;
  if (at > 0 && bytes[at - 1] === carriageReturn) {
    at -= 1;
    while (at > 0 && isBlank(bytes[at - 1])) at -= 1;
  }
  if (bytes[at - 1] === equals) return at - 1;
  return bytes[at - 2] === equals && at === bytes.length ? at - 2 : at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === space || byte === tab;
}

function decodedLines(bytes: Uint8Array): Uint8Array {
  const decoded = Buffer.alloc(bytes.length);
  let length = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === equals) {
      const softEnd = softBreakEnd(bytes, at + 1);
      const value = hexOf(bytes[at + 1]) * 16 + hexOf(bytes[at + 2]);
      if (softEnd !== undefined) at = softEnd;
      else if (Number.isNaN(value)) {
        decoded[length] = byte;
        length += 1;
        at += 1;
      } else {
        decoded[length] = value;
        length += 1;
        at += 3;
      }
      continue;
    }
    at += 1;
    if (isBlank(byte) && isBeforeLineEnd(bytes, at)) continue;
    decoded[length] = byte;
    length += 1;
  }
  return decoded.subarray(0, length);
}

/** The place after a soft line break whose `=` came before; undefined when it is none. */
function softBreakEnd(bytes: Uint8Array, from: number): number | undefined {
  let at = from;
  while (isBlank(bytes[at])) at += 1;
  if (bytes[at] === carriageReturn) at += 1;
  if (bytes[at] === lineFeed) return at + 1;
  return undefined;
}

function isBeforeLineEnd(bytes: Uint8Array, from: number): boolean {
  let at = from;
  while (isBlank(bytes[at])) at += 1;
  return bytes[at] === lineFeed || (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed);
}

function hexOf(byte: number | undefined): number {
  if (byte === undefined) return Number.NaN;
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return byte > 0x7f ? Number.NaN : digit;
}
