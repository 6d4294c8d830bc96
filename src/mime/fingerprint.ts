import { createHash } from "node:crypto";
import { headerValues, splitMessage } from "./message-bytes.js";

/** A hash of the Message-ID, or of the Date and what stands around it; undefined for a message that has neither. */
export function fingerprint(raw: Uint8Array): string | undefined {
  const written = splitMessage(raw);
  if (written === undefined) return undefined;
  const [id] = headerValues(written, "message-id");
  const [date] = headerValues(written, "date");
  if (id === undefined && date === undefined) return undefined;
  const others = ["date", "from", "to", "cc", "bcc", "subject"].map((name) => headerValues(written, name));
  return createHash("sha256")
    .update(JSON.stringify(id === undefined ? others : [id]))
    .digest("base64url")
    .slice(0, 22);
}
