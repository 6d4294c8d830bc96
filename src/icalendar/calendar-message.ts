import { createHash } from "node:crypto";

/** A message that carries a calendar (RFC 6047). */
export interface CalendarMessage {
  /** Addresses, as they are written. */
  readonly from: string;
  readonly to: string;
  readonly cc?: string;
  readonly subject: string;
  readonly text: { readonly type: "plain" | "html"; readonly data: string };
  /** RFC 5546, 1.4. */
  readonly method: "REQUEST" | "CANCEL" | "REPLY" | "COUNTER";
  /** The lines of the VCALENDAR, each folded. */
  readonly calendar: readonly string[];
}

/** The message, without a Date and a Message-ID: whoever sends it adds them. */
export function calendarMessage(message: CalendarMessage): Buffer {
  const { from, to, cc, subject, text, method } = message;
  const calendar = `${message.calendar.join("\r\n")}\r\n`;
  const boundary = `=_${createHash("sha256").update(calendar).digest("hex").slice(0, 32)}`;
  const textType = text.type === "html" ? "text/html" : "text/plain";
  const lines = [
    `From: ${from}`,
    `To: ${to}`,
    ...(cc === undefined ? [] : [`Cc: ${cc}`]),
    `Subject: ${encodedWords(subject)}`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    "",
    ...part(boundary, `${textType}; charset=utf-8`, text.data),
    ...part(boundary, `text/calendar; charset=utf-8; method=${method}`, calendar),
    `--${boundary}--`,
    "",
  ];
  return Buffer.from(lines.join("\r\n"), "latin1");
}

/** A header's text as encoded words (RFC 2047) where it is not ASCII. */
export function encodedWords(text: string): string {
  const line = text.replaceAll(/[\p{Cc}]+/gu, " ");
  if (/^[ -~]*$/.test(line) && line.length < 900) return line;
  const characters = [...line];
  const encoded: string[] = [];
  for (let at = 0; at < characters.length; at += 10) {
    const bytes = Buffer.from(characters.slice(at, at + 10).join(""), "utf8");
    encoded.push(`=?UTF-8?B?${bytes.toString("base64")}?=`);
  }
  return encoded.join("\r\n ");
}

function part(boundary: string, contentType: string, content: string): string[] {
  const encoded = Buffer.from(content, "utf8").toString("base64");
  return [
    `--${boundary}`,
    `Content-Type: ${contentType}`,
    "Content-Transfer-Encoding: base64",
    "",
    ...(encoded.match(/.{1,76}/g) ?? []),
  ];
}
