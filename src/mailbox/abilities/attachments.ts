import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { Mailbox } from "../mailbox.js";

/** A part of some content, both ends included, counted in bytes from 0. `last` may lie beyond the end. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** The content of an attachment, to be read as it is sent. */
export interface AttachmentStream {
  /** Media type, such as `image/png`. */
  readonly contentType: string;
  /** Of the whole attachment, whatever range was asked for. Exact: it is announced before the first byte is sent. */
  readonly sizeBytes: number;
  /**
   * The bytes: all, or those of the range that the attachment has. Iterated at most once, and not at all where the range lies beyond the end, so
   * open nothing before the iteration begins; and not to its end when the device goes away, so let go of everything in the iterator's `return` (a
   * generator's `finally`). Each step is bounded like a call. Give pieces of some 64 kB, each in memory
   * of its own: a piece may still be on its way to the device when the next one is asked for.
   */
  readonly content: AsyncIterable<Uint8Array>;
}

/** An optional ability of a {@link Mailbox}: the content of attachments, for ItemOperations ([MS-ASCMD] 2.2.1.10) and GetAttachment (2.2.1.7). */
export interface MailboxAttachments {
  /**
   * Opens an attachment.
   *
   * @param fileReference as an item of this mailbox names it; but it comes from a device, so it can be any text. It is to be looked up in
   *   this mailbox alone.
   * @param range the bytes that are wanted; all by default.
   */
  attachment(
    mailbox: MailboxRef,
    fileReference: string,
    range?: ByteRange,
  ): Promise<
    | ({ readonly kind: "attachment" } & AttachmentStream)
    | { readonly kind: "not-found" }
    | { readonly kind: "forbidden" }
  >;
}

/** The mailbox's {@link MailboxAttachments}; undefined when it has none. */
export function attachmentsOf(mailbox: Mailbox): MailboxAttachments | undefined {
  const able = mailbox as Mailbox & Partial<MailboxAttachments>;
  return typeof able.attachment === "function" ? (able as MailboxAttachments) : undefined;
}

/** How many bytes a range of an attachment has; all of them without one, 0 when it lies beyond the end. */
export function rangeLength(sizeBytes: number, range: ByteRange | undefined): number {
  if (range === undefined) return sizeBytes;
  return Math.max(0, Math.min(range.last, sizeBytes - 1) - range.first + 1);
}
