import { isUtf8 } from "node:buffer";
import PostalMime, { type Email, type Attachment as MimePart } from "postal-mime";
import type { ItemBody } from "../mailbox/items/body.js";
import type { Attachment } from "../mailbox/items/values.js";
import { conversationOf } from "./conversation.js";
import { mailOfMessage } from "./mail-of-message.js";
import type { ParsedMessage } from "./parse-message.js";

/** Thousands of recipients: what comes after it is left out. */
const maxHeaderBytes = 131_072;

/** A part of a message that decides what kind of mail it is: a calendar, or a report. */
export interface TellingPart {
  /** Lower-case media type. */
  readonly type: string;
  /** The parameter `method` of its Content-Type. */
  readonly method: string | undefined;
  /** Whether it was attached, and not only laid beside the text. */
  readonly isAttached: boolean;
  /** Without transfer encoding. */
  readonly content: Uint8Array;
}

/** What is known of a message whose parts were read one by one. */
export interface PartsOfMail {
  /** The lines of its headers, those of interest or all. */
  readonly headers: Uint8Array;
  readonly telling: readonly TellingPart[];
  /** In milliseconds since the epoch. */
  readonly receivedMs: number;
  readonly body: ItemBody;
  /** What is listed. The calendar of an invitation is what the mail is, and no attachment, unless it was attached: then it is told here. */
  attachments(hidden: TellingPart | undefined): readonly Attachment[];
}

/** Makes of parts of a message the mail that `parseMessage` makes of the whole. Never rejects. */
export async function mailOfParts(parts: PartsOfMail): Promise<ParsedMessage> {
  const { receivedMs, body } = parts;
  const telling = new Map(parts.telling.map((part) => [mimePartOf(part), part]));
  const message = { ...(await messageOfHeaders(parts.headers)), attachments: [...telling.keys()] };
  return await mailOfMessage(message, {
    receivedMs,
    body,
    attachments: (calendar) => {
      const part = calendar === undefined ? undefined : telling.get(calendar);
      return parts.attachments(part?.isAttached === true ? undefined : part);
    },
  });
}

/** The id that `parseMessage` gives the conversation of a message with these headers; undefined for none. Never rejects. */
export async function conversationIdOfHeaders(headers: Uint8Array): Promise<Uint8Array | undefined> {
  return conversationOf(await messageOfHeaders(headers), 0).conversationId;
}

/** Headers taken apart. 8-bit characters in them are UTF-8, or else Windows-1252. */
async function messageOfHeaders(headers: Uint8Array): Promise<Email> {
  const some = headers.subarray(0, maxHeaderBytes);
  const text = isUtf8(some) ? some : Buffer.from(new TextDecoder("windows-1252").decode(some), "utf8");
  try {
    return await PostalMime.parse(Buffer.concat([text, Buffer.from("\r\n\r\n")]));
  } catch {
    return { headers: [], headerLines: [], attachments: [] };
  }
}

function mimePartOf({ type, method, isAttached, content }: TellingPart): MimePart {
  return {
    filename: null,
    mimeType: type,
    disposition: isAttached ? "attachment" : null,
    content,
    ...(method === undefined ? {} : { method }),
  };
}
