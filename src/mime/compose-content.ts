import type { CarriedAttachment } from "../mailbox/mail-submission.js";
import { splitMessage } from "./message-bytes.js";

/** The part of a message that is its content: the headers that describe it, and the body. */
export interface MessageContent {
  readonly headers: readonly (Buffer | string)[];
  readonly body: Buffer;
}

/** The text of a message, to be composed. */
export interface AnswerText {
  readonly text: string;
  readonly html: string | undefined;
}

/** Composes the content of a message. Needs the package `nodemailer`. */
export async function composeContent(
  { text, html }: AnswerText,
  attachments: readonly CarriedAttachment[],
): Promise<MessageContent> {
  // An optional peer: who only parses messages need not have it.
  const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
  const composer = new MailComposer({
    text: lines(text),
    ...(html === undefined ? {} : { html: lines(html) }),
    attachments: attachments.map(attachmentOptions),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const built = splitMessage(await composer.compile().build());
  if (built === undefined) throw new Error("nodemailer composed no message");
  const { headers, body } = built;
  const kept = headers.filter(({ name }) => name.startsWith("content-") || name === "mime-version");
  return { headers: kept.map(({ bytes }) => bytes), body };
}

function attachmentOptions(attachment: CarriedAttachment): {
  filename: string;
  contentType: string;
  content: Buffer;
  contentDisposition: "inline" | "attachment";
  cid?: string;
} {
  const { fileName, contentType, content, contentId, inline } = attachment;
  return {
    filename: fileName,
    contentType,
    content: Buffer.from(content.buffer, content.byteOffset, content.length),
    contentDisposition: inline === true ? "inline" : "attachment",
    ...(contentId === undefined ? {} : { cid: contentId }),
  };
}

function lines(text: string): string {
  return text.replaceAll(/\r\n|\r|\n/g, "\r\n");
}
