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

/** At most `maxCharacters` UTF-16 units of `text` in one line, no surrogate pair split. */
export function previewOfText(text: string, maxCharacters: number): string {
  // Far more than any preview needs, so that a huge body is not scanned as a whole.
  const line = text
    .slice(0, maxCharacters * 8 + 1024)
    .replaceAll(/\s+/g, " ")
    .trim();
  const end = isHighSurrogate(line.charCodeAt(maxCharacters - 1)) ? maxCharacters - 1 : maxCharacters;
  return line.length <= maxCharacters ? line : line.slice(0, end).trimEnd();
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
