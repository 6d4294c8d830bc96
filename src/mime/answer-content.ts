import { randomBytes } from "node:crypto";
import PostalMime, { type Email } from "postal-mime";
import type { AnsweredMail, CarriedAttachment } from "../mailbox/mail-submission.js";
import { answerText, type MessageText } from "./answer-text.js";
import { carriedAttachments } from "./attachments.js";
import { type AnswerText, composeContent, type MessageContent } from "./compose-content.js";
import { headerValues, joinMessage, type RawHeader, type SplitMessage } from "./message-bytes.js";
import { unreadableMessage } from "./unreadable-message.js";

/** The original with what is in it. */
interface Original extends MessageText {
  readonly attachments: readonly CarriedAttachment[];
}

/**
 * The content of a message with the mail that it answers put in: below the text, and on a forward with its attachments. A reply takes the
 * images along that the text shows. Content that is signed or encrypted is never touched.
 */
export async function answerContent(
  raw: Uint8Array,
  written: SplitMessage,
  answered: AnsweredMail,
): Promise<MessageContent> {
  const { how, item } = answered;
  if (isSealed(written)) return how === "forward" ? besideSealed(written, answered) : contentOf(written);
  const own = await parsed(raw);
  const original = await originalOf(answered);
  const { subject, from, to, cc, dateReceivedMs: sentMs } = item;
  const ownAttachments = carriedAttachments(own);
  const taken = apartFrom(original, ownAttachments);
  const texts = answerText(
    { text: own.text, html: own.html || undefined },
    { ...taken, subject, from, to, cc, sentMs },
    how,
  );
  const carried = taken.attachments.filter((attachment) => how === "forward" || isShown(attachment, texts));
  return composeContent(texts, [...ownAttachments, ...carried]);
}

/** Header names that belong to the content and not to the message. */
export function isContentHeader({ name }: RawHeader): boolean {
  return name.startsWith("content-") || name === "mime-version";
}

function contentOf({ headers, body }: SplitMessage): MessageContent {
  return { headers: headers.filter(isContentHeader).map(({ bytes }) => bytes), body };
}

/** Signed or encrypted: another byte, and it is worthless. */
function isSealed(message: SplitMessage): boolean {
  const [type = ""] = headerValues(message, "content-type");
  return /^(?:multipart\/(?:signed|encrypted)|application\/(?:x-)?pkcs7-mime)\b/i.test(type);
}

/** What is sealed stays as it is, beside the original as an attached message. */
function besideSealed(written: SplitMessage, { item }: AnsweredMail): MessageContent {
  const mime = item.body?.mime?.data ?? new Uint8Array(0);
  const boundary = `=_${randomBytes(18).toString("base64url")}`;
  const own = contentOf(written);
  const parts = [
    Buffer.from(`--${boundary}\r\n`),
    joinMessage(own.headers, own.body),
    Buffer.from(`\r\n--${boundary}\r\n`),
    joinMessage(["Content-Type: message/rfc822\r\n", "Content-Transfer-Encoding: 8bit\r\n"], mime),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ];
  return {
    headers: ["MIME-Version: 1.0\r\n", `Content-Type: multipart/mixed; boundary="${boundary}"\r\n`],
    body: Buffer.concat(parts),
  };
}

async function originalOf({ how, item, attachments = [] }: AnsweredMail): Promise<Original> {
  const { body, messageClass = "" } = item;
  const mime = body?.mime;
  if (mime === undefined || mime.fullSizeBytes !== undefined) {
    return { text: body?.plain?.data, html: body?.html?.data, attachments };
  }
  if (how === "forward" && messageClass.toUpperCase().includes(".SMIME")) {
    const whole = { fileName: "message.eml", contentType: "message/rfc822", content: mime.data };
    return { text: body?.plain?.data, html: body?.html?.data, attachments: [whole] };
  }
  const message = await parsed(mime.data);
  return { text: message.text, html: message.html || undefined, attachments: carriedAttachments(message) };
}

async function parsed(raw: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(raw, { forceRfc822Attachments: true });
  } catch {
    return unreadableMessage(raw);
  }
}

function isShown({ contentId }: CarriedAttachment, { html }: AnswerText): boolean {
  return contentId !== undefined && html?.includes(`cid:${contentId}`) === true;
}

/** The original with other content ids where what the user wrote has the same: phones number images alike in every mail. */
function apartFrom(original: Original, own: readonly CarriedAttachment[]): Original {
  let { html } = original;
  const used = new Set(own.map(({ contentId }) => contentId));
  const attachments = original.attachments.map((attachment) => {
    const { contentId } = attachment;
    if (contentId === undefined || !used.has(contentId)) return attachment;
    const other = `${randomBytes(12).toString("hex")}@original`;
    html = html?.replaceAll(`cid:${contentId}`, `cid:${other}`);
    return { ...attachment, contentId: other };
  });
  return { text: original.text, html, attachments };
}
