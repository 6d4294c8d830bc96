import { type AttachmentStream, type ByteRange, rangeLength } from "../mailbox/abilities/attachments.js";
import type { MemoryUser } from "./memory-user.js";

/** What a read gives at once. */
const chunkBytes = 64 * 1024;

/** The name that an attachment of a delivered mail has: it stays when the mail is moved. */
export function memoryFileReference(messageName: string, index: number): string {
  return `${messageName}.${index}`;
}

/** Opens the attachment of a delivered mail. */
export async function openAttachment(
  user: MemoryUser,
  fileReference: string,
  range: ByteRange | undefined,
): Promise<({ readonly kind: "attachment" } & AttachmentStream) | { readonly kind: "not-found" }> {
  const [, name = "", index = ""] = /^(.+)\.(\d{1,6})$/.exec(fileReference) ?? [];
  const message = name === "" ? undefined : user.message(name);
  if (message === undefined) return { kind: "not-found" };
  // Its parser is an optional peer: who delivers no raw mail need not have it.
  const { readAttachment } = await import("../mime/parse-message.js");
  const read = await readAttachment(message.raw, Number(index));
  if (read === undefined) return { kind: "not-found" };
  const { content, contentType } = read;
  const first = range?.first ?? 0;
  const wanted = content.subarray(first, first + rangeLength(content.length, range));
  return { kind: "attachment", contentType, sizeBytes: content.length, content: inChunks(wanted) };
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}
