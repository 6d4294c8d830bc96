import type { Address, Email, Attachment as MimePart } from "postal-mime";
import type { ItemBody } from "../mailbox/items/body.js";
import type { Attachment } from "../mailbox/items/values.js";
import { addressText, displayText } from "./addresses.js";
import { conversationOf } from "./conversation.js";
import { invitationOf } from "./invitation/invitation.js";
import { messageClassOf } from "./message-class.js";
import { codePageOf, header, importanceOf, threadTopicOf } from "./message-headers.js";
import type { ParsedMessage } from "./parse-message.js";

/** What a mail has beside what its headers, and the calendar in it, tell. */
export interface MailContent {
  /** In milliseconds since the epoch. */
  readonly receivedMs: number;
  readonly body: ItemBody;
  /** What is listed; `calendar` is the part that makes the mail an invitation. */
  attachments(calendar: MimePart | undefined): readonly Attachment[];
}

/** Makes a mail of a message that was taken apart. Its headers count, and those of its attachments that are calendars or reports. Never rejects. */
export async function mailOfMessage(message: Email, content: MailContent): Promise<ParsedMessage> {
  const { receivedMs, body } = content;
  const subject = oneLine(message.subject ?? "");
  const invitation = await invitationOf(message.attachments, receivedMs);
  const attachments = content.attachments(invitation?.part);
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
    body,
    ...(attachments.length === 0 ? {} : { attachments }),
  };
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

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\t\0 ]+/g, " ").trim();
}
