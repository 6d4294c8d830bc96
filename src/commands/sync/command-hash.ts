import { createHash } from "node:crypto";
import type { WbxmlElement } from "../../wbxml/index.js";

/** Tells whether a repeated command is the same as the one that took effect: 16 characters over all of it. */
export function commandHash(element: WbxmlElement): string {
  const text = JSON.stringify(element, (_key, value: unknown) =>
    value instanceof Uint8Array ? { bytes: Buffer.from(value).toString("base64") } : value,
  );
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}
