import PostalMime, { type Email } from "postal-mime";
import type { ItemBody } from "../mailbox/items/body.js";
import type { EmailItem } from "../mailbox/items/email.js";
import type { Attachment } from "../mailbox/items/values.js";
import { attachmentsOf, contentOf, type FileReferenceOf } from "./attachments.js";
import { mailOfMessage } from "./mail-of-message.js";
import { receivedMsOf } from "./message-headers.js";
import { unreadableMessage } from "./unreadable-message.js";

/** What is known of a message beside its bytes. */
export interface ParseMessageOptions {
  /** When it was received, in milliseconds since the epoch. Default: its newest Received header, else its Date, else now. */
  readonly receivedMs?: number;
  /** Names the content of the attachment at an index, from 0. Default: the index. {@link readAttachment} takes the same index. */
  readonly fileReference?: FileReferenceOf;
}

/** A mail but for what only the mailbox knows: whether it was read, its flag, its categories. */
export type ParsedMessage = Omit<EmailItem, "read" | "flag" | "categories">;

/** The content of an attachment. */
export interface AttachmentContent {
  /** Lower-case media type, such as `image/png`. */
  readonly contentType: string;
  readonly content: Uint8Array;
}

/**
 * Makes a mail of a message as it travelled (RFC 5322). Never rejects: a message that cannot be taken apart becomes a mail whose
 * plain text is the message. The message itself is kept as the body's MIME; the bytes are not copied. A message that is about a meeting (`text/calendar`) gets
 * its meeting request and message class, if the package `ical.js` is installed. Of a series that the protocol cannot express the meeting request has the first
 * occurrence alone.
 */
export async function parseMessage(
  raw: Uint8Array,
  options: ParseMessageOptions = {},
): Promise<ParsedMessage> {
  const message = await parsed(raw);
  return mailOfMessage(message, {
    receivedMs: options.receivedMs ?? receivedMsOf(message) ?? Date.now(),
    body: bodyOf(message, raw),
    attachments: (calendar) => listedAttachments(message, options, calendar),
  });
}

/** The attachment at an index of a message's list; undefined when the message has none there. Never rejects. */
export async function readAttachment(raw: Uint8Array, index: number): Promise<AttachmentContent | undefined> {
  const part = (await parsed(raw)).attachments[index];
  return part === undefined ? undefined : { contentType: part.mimeType, content: contentOf(part) };
}

async function parsed(raw: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(raw, { forceRfc822Attachments: true });
  } catch {
    return unreadableMessage(raw);
  }
}

/** The calendar of an invitation is what the mail is, and no attachment, unless it was attached. */
function listedAttachments(
  message: Email,
  { fileReference = String }: ParseMessageOptions,
  calendar: Email["attachments"][number] | undefined,
): Attachment[] {
  const hidden = calendar?.disposition === "attachment" ? undefined : calendar;
  return attachmentsOf(message, fileReference).filter((_, index) => {
    const part = message.attachments[index];
    return part === undefined || part !== hidden;
  });
}

function bodyOf(message: Email, raw: Uint8Array): ItemBody {
  const { text, html } = message;
  const mime = { data: raw };
  if (html === undefined || html === "") return { native: "plain", plain: { data: text ?? "" }, mime };
  return {
    native: "html",
    html: { data: html },
    ...(text === undefined ? {} : { plain: { data: text } }),
    mime,
  };
}
