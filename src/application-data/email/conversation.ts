import { createHash } from "node:crypto";
import { conversationIndexTime } from "../../mailbox/items/conversation-index.js";
import type { EmailItem } from "../../mailbox/items/email.js";

/**
 * The conversation of a mail: as the mailbox tells it, else made of the thread topic, or of the mail alone when it has none.
 * Devices of version 14.0 and newer need one ([MS-ASEMAIL] 2.2.2.21).
 */
export function conversationIdOf(mail: EmailItem): Uint8Array {
  if (mail.conversationId !== undefined) return mail.conversationId;
  const topic = (mail.threadTopic ?? mail.subject).trim().toUpperCase();
  const seed = topic === "" ? `${mail.dateReceivedMs}\n${mail.from}` : topic;
  return createHash("sha256").update(seed).digest().subarray(0, 16);
}

/** The place of a mail in its conversation: as the mailbox tells it, else the five bytes of its time ([MS-ASCON] 2.2.2.4). */
export function conversationIndexOf(mail: EmailItem): Uint8Array {
  return mail.conversationIndex ?? conversationIndexTime(mail.dateReceivedMs);
}
