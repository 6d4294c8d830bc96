/** A text, or as much of it as was wanted. */
export interface FittedText {
  readonly text: string;
  readonly truncated: boolean;
}

/** The beginning of `text` in at most `maxBytes` bytes of UTF-8, in whole characters. */
export function fitted(text: string, maxBytes: number): FittedText {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return { text, truncated: false };
  // Every UTF-16 unit takes at least one byte, so no more than this can fit.
  const bytes = Buffer.from(text.slice(0, maxBytes + 1));
  let end = Math.max(0, maxBytes);
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return { text: bytes.toString("utf8", 0, end), truncated: true };
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
