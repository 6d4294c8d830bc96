import { createHash } from "node:crypto";
import type { CalendarItem } from "../../mailbox/items/calendar.js";
import type { ResponseMail, UserResponse } from "./request.js";

/** What the organizer is told. */
export interface MeetingReply {
  readonly appointment: CalendarItem;
  readonly organizer: string;
  /** The address under which the user was invited. */
  readonly attendee: string;
  readonly response: UserResponse;
  readonly instanceMs: number | undefined;
  readonly mail: ResponseMail;
  readonly nowMs: number;
}

const words = { accepted: "Accepted", tentative: "Tentative", declined: "Declined" } as const;
const partStats = { accepted: "ACCEPTED", tentative: "TENTATIVE", declined: "DECLINED" } as const;

/** The answer to an invitation as a message (RFC 6047): a REPLY, or a COUNTER where another time is proposed. */
export function replyMessage(reply: MeetingReply): Buffer {
  const { appointment, organizer, attendee, response, mail } = reply;
  const method = mail.proposed === undefined ? "REPLY" : "COUNTER";
  const title = mail.proposed === undefined ? words[response] : "New Time Proposed";
  const calendar = calendarOf(reply, method);
  const boundary = `=_${createHash("sha256").update(calendar).digest("hex").slice(0, 32)}`;
  const written = mail.body ?? { type: "plain" as const, data: "" };
  const textType = written.type === "html" ? "text/html" : "text/plain";
  const lines = [
    `From: ${attendee}`,
    `To: ${organizer}`,
    `Subject: ${encodedWords(`${title}: ${appointment.subject ?? ""}`)}`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    "",
    ...part(boundary, `${textType}; charset=utf-8`, written.data),
    ...part(boundary, `text/calendar; charset=utf-8; method=${method}`, calendar),
    `--${boundary}--`,
    "",
  ];
  return Buffer.from(lines.join("\r\n"), "latin1");
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

function calendarOf(reply: MeetingReply, method: string): string {
  const { appointment, organizer, attendee, response, instanceMs, mail, nowMs } = reply;
  const isDate = appointment.allDayEvent === true;
  const length = appointment.endTimeMs - appointment.startTimeMs;
  const startMs = mail.proposed?.startMs ?? instanceMs ?? appointment.startTimeMs;
  const endMs = mail.proposed?.endMs ?? startMs + length;
  const isDay = isDate && mail.proposed === undefined;
  const lines = [
    "BEGIN:VCALENDAR",
    "PRODID:-//direct-push//MeetingResponse//EN",
    "VERSION:2.0",
    `METHOD:${method}`,
    "BEGIN:VEVENT",
    `UID:${escaped(appointment.uid ?? "")}`,
    `DTSTAMP${timeText(nowMs, false)}`,
    ...(appointment.sequence === undefined ? [] : [`SEQUENCE:${appointment.sequence}`]),
    `DTSTART${timeText(startMs, isDay)}`,
    `DTEND${timeText(endMs, isDay)}`,
    ...(instanceMs === undefined ? [] : [`RECURRENCE-ID${timeText(instanceMs, isDate)}`]),
    `ORGANIZER:mailto:${organizer}`,
    `ATTENDEE;PARTSTAT=${partStats[response]}:mailto:${attendee}`,
    `SUMMARY:${escaped(appointment.subject ?? "")}`,
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return `${lines.map(folded).join("\r\n")}\r\n`;
}

function timeText(instantMs: number, isDate: boolean): string {
  const text = new Date(instantMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  return isDate ? `;VALUE=DATE:${text.slice(0, 8)}` : `:${text}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\p{Cc}]+/gu, " ").replaceAll(/[\\;,]/g, "\\$&");
}

/** Lines of at most 75 octets (RFC 5545, 3.1); no character has more than four. */
function folded(line: string): string {
  if (Buffer.byteLength(line) <= 75) return line;
  const characters = [...line];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += 18) pieces.push(characters.slice(at, at + 18).join(""));
  return pieces.join("\r\n ");
}

/** A header's text as encoded words (RFC 2047) where it is not ASCII. */
function encodedWords(text: string): string {
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
