import type { ItemBody } from "./body.js";
import { htmlToText } from "./html-to-text.js";

/** Far more HTML than any preview needs. */
const htmlPrefixCharacters = 65_536;

/** The beginning of a body as one line of text; empty when it has no text. `maxCharacters` is 1 to 255, as devices ask for. */
export function previewOf(body: ItemBody, maxCharacters: number = 255): string {
  if (body.plain !== undefined) return previewOfText(body.plain.data, maxCharacters);
  return previewOfText(htmlToText(body.html?.data.slice(0, htmlPrefixCharacters) ?? ""), maxCharacters);
}

/** The beginning of a text in one line, in at most `maxCharacters` UTF-16 units, no surrogate pair split. */
export function previewOfText(text: string, maxCharacters: number): string {
  // White space collapses, but a huge text is not scanned as a whole for it.
  const line = text
    .slice(0, maxCharacters * 8 + 1024)
    .replaceAll(/\s+/g, " ")
    .trim();
  if (line.length <= maxCharacters) return line;
  const end = isHighSurrogate(line.charCodeAt(maxCharacters - 1)) ? maxCharacters - 1 : maxCharacters;
  return line.slice(0, end).trimEnd();
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
