/**
 * Everything outside of XML 1.0's `Char`: U+0000, which WBXML cannot carry, the other control characters, U+FFFE, U+FFFF
 * and surrogates without a partner. Peers that turn documents into XML fail on all of them.
 */
const unsendable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** In all Node versions supported; declared by ES2024. */
interface MaybeWellFormed {
  isWellFormed(): boolean;
}

/** `text` without the characters that must not be sent. */
export function sendableText(text: string): string {
  return text.replace(unsendable, "");
}

/**
 * Whether `text` is free of the characters beyond ASCII that must not be sent. Far cheaper than matching: for a text
 * of Latin-1 characters all three answers are immediate.
 */
export function isSendableBeyondAscii(text: string): boolean {
  const { isWellFormed } = text as unknown as MaybeWellFormed;
  return isWellFormed.call(text) && !text.includes("\ufffe") && !text.includes("\uffff");
}

/** Whether a character code below U+0020 may be sent: tab, line feed, carriage return. */
export function isSendableControl(code: number): boolean {
  return code === 0x09 || code === 0x0a || code === 0x0d;
}
