import { createHash } from "node:crypto";
import type { EmailItem, MailComposer } from "../../src/index.js";

/**
 * Composes messages at once: the composer that users have reads and writes in turns of the event loop that differ from run to run, and a seed
 * would not give the same run twice.
 */
export const plainComposer: MailComposer = {
  compose: async ({ message, senderAddresses: [sender = ""], nowMs }) => {
    const raw = Buffer.from(message).toString("utf8");
    const to = headerOf(raw, "To");
    if (to === "") return { kind: "no-recipient" };
    const copy = async (): Promise<EmailItem> => itemOf(raw, sender, nowMs);
    return { kind: "composed", message, sender, recipients: [to], copy };
  },
  composeDraft: async ({ base, headers, content, senderAddresses: [sender = ""], nowMs }) => {
    const before = Buffer.from(base ?? []).toString("utf8");
    const { to = headerOf(before, "To"), subject = headerOf(before, "Subject") } = headers;
    const text = content?.text ?? before.slice(before.indexOf("\r\n\r\n") + 4);
    const raw = `To: ${to}\r\nSubject: ${subject}\r\n\r\n${text}`;
    return { kind: "draft", item: { ...itemOf(raw, sender, nowMs), isDraft: true } };
  },
  fingerprint: (message) => createHash("sha256").update(message).digest("base64url").slice(0, 22),
};

/** The value of a header of a message that one of us has written. */
function headerOf(raw: string, name: "To" | "Subject"): string {
  return new RegExp(`^${name}: (.*)\\r$`, "m").exec(raw)?.[1] ?? "";
}

/** What tells a mail from all others: of the answer to an invitation it is what the user wrote, since several may answer one. */
export function titleOf(message: Uint8Array | string): string {
  const raw = Buffer.from(message).toString("utf8");
  const [, words] = /^Content-Transfer-Encoding: base64\r\n\r\n(.*)\r$/m.exec(raw) ?? [];
  return words === undefined ? headerOf(raw, "Subject") : Buffer.from(words, "base64").toString("utf8");
}

function itemOf(raw: string, from: string, dateReceivedMs: number): EmailItem {
  return {
    class: "Email",
    subject: headerOf(raw, "Subject"),
    from,
    to: headerOf(raw, "To"),
    dateReceivedMs,
    read: true,
    body: { native: "plain", plain: { data: raw }, mime: { data: Buffer.from(raw) } },
  };
}
