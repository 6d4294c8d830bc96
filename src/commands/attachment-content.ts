import { DirectPushError } from "../errors.js";
import { attachmentsOf, type ByteRange, rangeLength } from "../mailbox/abilities/attachments.js";
import type { CommandContext, StreamedContent } from "./command.js";

/** An attachment that a device asked for. */
export type AttachmentContent =
  | {
      readonly kind: "attachment";
      /** A media type that can stand in a header. */
      readonly contentType: string;
      /** Of the whole attachment. */
      readonly sizeBytes: number;
      readonly content: StreamedContent;
    }
  /** No such attachment, or a mailbox that gives none. */
  | { readonly kind: "not-found" }
  | { readonly kind: "forbidden" }
  /** The range begins beyond the end. */
  | { readonly kind: "outside"; readonly sizeBytes: number }
  | { readonly kind: "unreadable"; readonly error: DirectPushError };

/** Attachments of up to so many bytes are read before the answer begins, so that it can tell that one cannot be read. */
const maxReadAheadBytes = 64 * 1024;

const unknownType = "application/octet-stream";
/** A media type without or with parameters (RFC 9110, 8.3.1), of ASCII: anything else is no header. */
const mediaType =
  /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+(?:\s*;\s*[\w!#$%&'*+.^`|~-]+=(?:[\w!#$%&'*+.^`|~-]+|"[ !#-[\]-~]*"))*$/;
const maxTypeCharacters = 256;

/**
 * Opens an attachment, or the range of it.
 *
 * @throws DirectPushError when the mailbox cannot be reached.
 */
export async function attachmentContent(
  fileReference: string,
  range: ByteRange | undefined,
  { mailbox, mailboxRef }: Pick<CommandContext, "mailbox" | "mailboxRef">,
): Promise<AttachmentContent> {
  const opened = await attachmentsOf(mailbox)?.attachment(mailboxRef, fileReference, range);
  if (opened === undefined) return { kind: "not-found" };
  if (opened.kind !== "attachment") return opened;
  const { sizeBytes, content: chunks } = opened;
  if (range !== undefined && range.first >= sizeBytes) return { kind: "outside", sizeBytes };
  const byteLength = rangeLength(sizeBytes, range);
  const contentType = headerType(opened.contentType);
  const streamed = { byteLength, chunks };
  if (byteLength > maxReadAheadBytes)
    return { kind: "attachment", contentType, sizeBytes, content: streamed };
  try {
    return { kind: "attachment", contentType, sizeBytes, content: await readAhead(streamed) };
  } catch (error) {
    if (error instanceof DirectPushError) return { kind: "unreadable", error };
    throw error;
  }
}

/** Content that is in memory. */
export function contentOf(bytes: Uint8Array): StreamedContent {
  return { byteLength: bytes.length, chunks: once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function readAhead({ byteLength, chunks }: StreamedContent): Promise<StreamedContent> {
  const bytes = Buffer.alloc(byteLength);
  let at = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return contentOf(bytes);
}

/** It comes out of a mail, so it can be anything. */
function headerType(contentType: string): string {
  const type = contentType.trim();
  return type.length <= maxTypeCharacters && mediaType.test(type) ? type : unknownType;
}
