/**
 * Everything outside of XML 1.0's `Char`: U+0000, which WBXML cannot carry, the other control characters, U+FFFE, U+FFFF
 * and surrogates without a partner. Peers that turn documents into XML fail on all of them.
 */
const unsendable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** `text` without the characters that must not be sent; `text` itself when it has none. */
export function sendableText(text: string): string {
  return text.replace(unsendable, "");
}
