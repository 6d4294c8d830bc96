import { createHash } from "node:crypto";

/** A token of what identifies something: 43 characters, the same for what is the same as JSON, keys in the same order. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url");
}
