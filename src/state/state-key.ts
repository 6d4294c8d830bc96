import { createHash } from "node:crypto";

const maxPartCharacters = 120;

/**
 * A key of a StateStore for things that belong to one device of one user. Parts are percent-encoded, so that no user name can look like
 * another user's key; long or unencodable ones are hashed. At most 512 characters as long as there are no more than four parts.
 *
 * @param kind what is stored: a short word of ours, such as `device`.
 */
export function stateKey(kind: string, user: string, deviceId: string, ...rest: readonly string[]): string {
  return [kind, ...[user, deviceId, ...rest].map(keyPart)].join("/");
}

function keyPart(part: string): string {
  const encoded = encodedPart(part);
  if (encoded !== undefined && encoded.length <= maxPartCharacters) return encoded;
  // "#" never occurs in an encoded part: a hash cannot be mistaken for a name.
  return `#${createHash("sha256").update(part, "utf16le").digest("hex")}`;
}

function encodedPart(part: string): string | undefined {
  try {
    return encodeURIComponent(part);
  } catch {
    return undefined;
  }
}
