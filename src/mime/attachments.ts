import type { Email, Attachment as MimePart } from "postal-mime";
import type { Attachment } from "../mailbox/items/values.js";
import type { CarriedAttachment } from "../mailbox/mail-submission.js";

/** What names the content of an attachment: a function of its place among the message's attachments, from 0. */
export type FileReferenceOf = (index: number) => string;

/** The attachments of a message, listed. */
export function attachmentsOf(
  message: Pick<Email, "attachments">,
  fileReferenceOf: FileReferenceOf,
): Attachment[] {
  return message.attachments.map((part, index) => listed(part, index, fileReferenceOf(index)));
}

/** The attachments of a message with what is in them. */
export function carriedAttachments(message: Pick<Email, "attachments">): CarriedAttachment[] {
  return message.attachments.map((part, index) => {
    const { contentId, inline } = listed(part, index, "");
    return {
      fileName: displayNameOf(part.filename, part.mimeType, index),
      contentType: part.method === undefined ? part.mimeType : `${part.mimeType}; method=${part.method}`,
      content: contentOf(part),
      ...(contentId === undefined ? {} : { contentId }),
      ...(inline === undefined ? {} : { inline }),
    };
  });
}

/** The bytes of an attachment. */
export function contentOf(part: MimePart): Uint8Array {
  const { content } = part;
  if (typeof content === "string") return Buffer.from(content, part.encoding ?? "utf8");
  return content instanceof ArrayBuffer ? new Uint8Array(content) : content;
}

function listed(part: MimePart, index: number, fileReference: string): Attachment {
  const contentId = part.contentId?.trim().replace(/^<(.*)>$/, "$1") ?? "";
  const embedded = part.mimeType === "message/rfc822";
  const inline = contentId !== "" && (part.related === true || part.disposition === "inline");
  return {
    fileReference,
    displayName: displayNameOf(part.filename, part.mimeType, index),
    sizeBytes: contentOf(part).length,
    ...(embedded ? { method: "embedded" as const } : {}),
    ...(contentId === "" ? {} : { contentId }),
    ...(inline ? { inline } : {}),
  };
}

const extensions: Readonly<Record<string, string>> = {
  "message/rfc822": "eml",
  "message/delivery-status": "txt",
  "text/calendar": "ics",
  "text/vcard": "vcf",
  "text/plain": "txt",
  "text/html": "html",
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/gif": "gif",
  "application/pdf": "pdf",
};

/** The name under which an attachment is shown and saved: its own, or one that tells its type and its place in the list, from 0. */
export function displayNameOf(fileName: string | null | undefined, mimeType: string, index: number): string {
  // No folders, no control characters.
  const given = (fileName ?? "").replaceAll(/[\p{Cc}/\\]+/gu, "_").trim();
  if (given !== "") return given;
  const extension = Object.hasOwn(extensions, mimeType) ? extensions[mimeType] : "bin";
  return `attachment-${index + 1}.${extension}`;
}
