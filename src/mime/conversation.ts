import { createHash } from "node:crypto";
import type { Email } from "postal-mime";
import { conversationIndexTime } from "../mailbox/items/conversation-index.js";

/** A conversation may be long; its index need not be. */
const maxReplies = 50;

/** What ties a message to its conversation. */
export interface Conversation {
  /** 16 bytes. */
  readonly conversationId?: Uint8Array;
  readonly conversationIndex: Uint8Array;
}

/**
 * The conversation of a message: its id is a hash of the first message's Message-ID, its index the time and five bytes for each
 * message that it answers ([MS-ASCON] 2.2.2.3, 2.2.2.4). A message that names neither itself nor another has no id.
 */
export function conversationOf(
  message: Pick<Email, "messageId" | "inReplyTo" | "references">,
  receivedMs: number,
): Conversation {
  const answered = messageIds(message.references);
  if (answered.length === 0) answered.push(...messageIds(message.inReplyTo).slice(0, 1));
  const root = answered[0] ?? messageIds(message.messageId)[0];
  const replies = answered.slice(0, maxReplies).map((id) => hashOf(id).subarray(0, 5));
  return {
    ...(root === undefined ? {} : { conversationId: Uint8Array.from(hashOf(root).subarray(0, 16)) }),
    conversationIndex: Uint8Array.from(Buffer.concat([conversationIndexTime(receivedMs), ...replies])),
  };
}

function messageIds(text: string | undefined): string[] {
  return text?.match(/<[^<>\s]+>/g) ?? [];
}

function hashOf(id: string): Buffer {
  return createHash("sha256").update(id).digest();
}
