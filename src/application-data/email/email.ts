import type { EmailItem, LastVerb } from "../../mailbox/items/email.js";
import { AirSyncBase, Email, Email2, type WbxmlElement } from "../../wbxml/index.js";
import { attachmentList } from "../attachments.js";
import { nativeBodyType, writeBodyPart, writeEmailBody } from "../body.js";
import { byteArray, type Codec, flag, flagWhenTrue, integer, oneOf, text, textList } from "../codec.js";
import type { WriteContext } from "../context.js";
import { dateTime } from "../date-time.js";
import { fieldsOf, writeFields } from "../field.js";
import { importance } from "../values.js";
import { conversationIdOf, conversationIndexOf } from "./conversation.js";
import { writeFollowUp } from "./follow-up.js";
import { meetingRequest } from "./meeting-request.js";

interface WireEmail extends EmailItem {
  readonly umCallerId?: string | undefined;
  readonly umUserNotes?: string | undefined;
  readonly lastVerbExecuted?: LastVerb["executed"] | undefined;
  readonly lastVerbExecutionTimeMs?: number | undefined;
}

/** Addresses up to a length, cut where one ends. */
function addresses(maxCharacters: number): Codec<string> {
  const whole = text();
  return {
    write: (tag, value, context) => {
      const end = value.length <= maxCharacters ? value.length : value.lastIndexOf(",", maxCharacters);
      return whole.write(tag, value.slice(0, end === -1 ? maxCharacters : end), context);
    },
    read: whole.read,
  };
}

const field = fieldsOf<WireEmail>();
const fields = [
  field("to", Email.To, addresses(32_768)),
  field("cc", Email.Cc, addresses(32_768)),
  field("from", Email.From, addresses(32_768)),
  field("bcc", Email2.Bcc, addresses(1024)),
  field("replyTo", Email.ReplyTo, text()),
  field("sender", Email2.Sender, text()),
  field("subject", Email.Subject, text()),
  field("displayTo", Email.DisplayTo, text()),
  field("dateReceivedMs", Email.DateReceived, dateTime),
  field("threadTopic", Email.ThreadTopic, text()),
  field("importance", Email.Importance, importance, { fallback: "normal" }),
  field("read", Email.Read, flag),
  field("attachments", AirSyncBase.Attachments, attachmentList),
  field("messageClass", Email.MessageClass, text(), { fallback: "IPM.Note" }),
  field("meetingRequest", Email.MeetingRequest, meetingRequest),
  field("internetCodePage", Email.InternetCPID, integer(0, 0xffff), { fallback: 65_001 }),
  field("contentClass", Email.ContentClass, text(), { fallback: "urn:content-classes:message" }),
  field("body", AirSyncBase.NativeBodyType, nativeBodyType),
  field("conversationId", Email2.ConversationId, byteArray),
  field("conversationIndex", Email2.ConversationIndex, byteArray),
  field("categories", Email.Categories, textList(Email.Category)),
  field(
    "lastVerbExecuted",
    Email2.LastVerbExecuted,
    oneOf({ unknown: 0, reply: 1, "reply-all": 2, forward: 3 }),
  ),
  field("lastVerbExecutionTimeMs", Email2.LastVerbExecutionTime, dateTime),
  field("receivedAsBcc", Email2.ReceivedAsBcc, flagWhenTrue),
  field("umCallerId", Email2.UmCallerID, text()),
  field("umUserNotes", Email2.UmUserNotes, text()),
  field("accountId", Email2.AccountId, text()),
  field("isDraft", Email2.IsDraft, flagWhenTrue),
];

/** The children of ApplicationData for a mail ([MS-ASEMAIL] 2.2.2). */
export function writeEmail(item: EmailItem, context: WriteContext): WbxmlElement[] {
  const elements = writeFields(fields, wireEmail(item), context);
  elements.push(writeFollowUp(item.flag, context));
  const smime = item.messageClass?.toUpperCase().includes(".SMIME") ?? false;
  const body = item.body === undefined ? undefined : writeEmailBody(item.body, smime, context);
  if (body !== undefined) elements.push(body);
  const bodyPart = writeBodyPart(item.body, context);
  if (bodyPart !== undefined) elements.push(bodyPart);
  return elements;
}

function wireEmail(item: EmailItem): WireEmail {
  const { lastVerb, voiceMail } = item;
  return {
    ...item,
    conversationId: conversationIdOf(item),
    conversationIndex: conversationIndexOf(item),
    umCallerId: voiceMail?.callerId,
    umUserNotes: voiceMail?.userNotes,
    lastVerbExecuted: lastVerb?.executed,
    lastVerbExecutionTimeMs: lastVerb?.atMs,
  };
}
