import { createHash } from "node:crypto";

const maxCharacters = 200;

/** The topic of a user's mailbox, whatever the user's name is. */
export function topicName(user: string): string {
  return `mailbox/${shortText(user)}`;
}

/** A text that stands for this one: itself, percent-encoded, or a hash where that is too long or cannot be. */
function shortText(text: string): string {
  try {
    const encoded = encodeURIComponent(text);
    if (encoded.length <= maxCharacters) return encoded;
  } catch {
    // Half a surrogate pair has no encoding.
  }
  // "#" never occurs in an encoded text.
  return `#${createHash("sha256").update(text, "utf16le").digest("hex")}`;
}
