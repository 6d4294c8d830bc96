import { createHash } from "node:crypto";
import type { EmailItem, MailComposer } from "../../src/index.js";
import { calendarOf } from "../unit/commands/sync/calendar-text.js";

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

/**
 * What tells a mail from all others: of the answer to an invitation it is what the user wrote, since several may answer one; of what an organizer tells, what it is about and
 * who is told.
 */
export function titleOf(message: Uint8Array | string): string {
  const raw = Buffer.from(message).toString("utf8");
  const notice = noticeTitleOf(raw);
  if (notice !== undefined) return notice;
  const [, words] = /^Content-Transfer-Encoding: base64\r\n\r\n(.*)\r$/m.exec(raw) ?? [];
  return words === undefined ? headerOf(raw, "Subject") : Buffer.from(words, "base64").toString("utf8");
}

function noticeTitleOf(raw: string): string | undefined {
  const lines = calendarOf(raw);
  const [method = ""] = valuesOf(lines, "METHOD");
  if (method !== "REQUEST" && method !== "CANCEL") return undefined;
  const [summary] = valuesOf(lines, "SUMMARY");
  const [occurrence] = lines.indexOf("END:VEVENT") < 0 ? [] : valuesOf(firstEventOf(lines), "RECURRENCE-ID");
  const to = headerOf(raw.replaceAll("\r\n ", " "), "To");
  return [method, summary, occurrence, "to", to].filter((part) => part !== undefined).join(" ");
}

function firstEventOf(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.indexOf("END:VEVENT"));
}

function valuesOf(lines: readonly string[], name: string): readonly string[] {
  return lines.flatMap((line) =>
    new RegExp(`^${name}[:;]`).test(line) ? [line.replace(/^[^:]*:/, "")] : [],
  );
}

function itemOf(raw: string, from: string, dateReceivedMs: number): EmailItem {
  return {
    class: "Email",
    subject: titleOf(raw),
    from,
    to: headerOf(raw, "To"),
    dateReceivedMs,
    read: true,
    body: { native: "plain", plain: { data: raw }, mime: { data: Buffer.from(raw) } },
  };
}
