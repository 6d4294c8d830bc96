import PostalMime, { type Address, type Email } from "postal-mime";
import type { ItemBody } from "../mailbox/items/body.js";
import type { EmailItem } from "../mailbox/items/email.js";
import type { Attachment } from "../mailbox/items/values.js";
import { addressText, displayText } from "./addresses.js";
import { attachmentsOf, contentOf, type FileReferenceOf } from "./attachments.js";
import { conversationOf } from "./conversation.js";
import { invitationOf } from "./invitation/invitation.js";
import { messageClassOf } from "./message-class.js";
import { codePageOf, header, importanceOf, receivedMsOf, threadTopicOf } from "./message-headers.js";
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
  const subject = oneLine(message.subject ?? "");
  const receivedMs = options.receivedMs ?? receivedMsOf(message) ?? Date.now();
  const invitation = await invitationOf(message.attachments, receivedMs);
  const attachments = listedAttachments(message, options, invitation?.part);
  return {
    class: "Email",
    subject,
    ...addressesOf(message),
    dateReceivedMs: receivedMs,
    importance: importanceOf(message),
    messageClass: invitation?.messageClass ?? messageClassOf(message),
    ...(invitation === undefined
      ? {}
      : {
          contentClass: "urn:content-classes:calendarmessage",
          meetingRequest: invitation.meetingRequest,
        }),
    internetCodePage: codePageOf(message),
    threadTopic: threadTopicOf(subject),
    ...conversationOf(message, receivedMs),
    body: bodyOf(message, raw),
    ...(attachments.length === 0 ? {} : { attachments }),
  };
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

type Addresses = Pick<ParsedMessage, "from" | "to" | "cc" | "bcc" | "replyTo" | "sender" | "displayTo">;

function addressesOf(message: Email): Addresses {
  const one = (address: Address | undefined): string => addressText(address === undefined ? [] : [address]);
  const from = one(message.from) || oneLine(header(message, "from") ?? "");
  const sender = one(message.sender);
  const optional = {
    cc: addressText(message.cc),
    bcc: addressText(message.bcc),
    replyTo: addressText(message.replyTo, "; "),
    sender: sender === from ? "" : sender,
    displayTo: displayText(message.to),
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, text]) => text !== ""));
  return { from, to: addressText(message.to), ...given };
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

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\t\0 ]+/g, " ").trim();
}
