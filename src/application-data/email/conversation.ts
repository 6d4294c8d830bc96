import { createHash } from "node:crypto";
import type { EmailItem } from "../../mailbox/items/email.js";

const filetimeEpochMs = 11_644_473_600_000n;

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
  if (mail.conversationIndex !== undefined) return mail.conversationIndex;
  const filetime = (BigInt(Math.trunc(mail.dateReceivedMs)) + filetimeEpochMs) * 10_000n;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, filetime));
  return bytes.subarray(1, 6);
}
