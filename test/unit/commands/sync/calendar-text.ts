import type { OutgoingMail } from "../../../../src/mailbox/mail-submission.js";

/** The calendar in a message, its lines unfolded. */
export function calendarOf(mail: Pick<OutgoingMail, "message"> | string): string[] {
  const text = typeof mail === "string" ? mail : Buffer.from(mail.message).toString("latin1");
  const [, encoded = ""] =
    /Content-Type: text\/calendar[^\r]*\r\nContent-Transfer-Encoding: base64\r\n\r\n([\s\S]*?)\r\n--/.exec(
      text,
    ) ?? [];
  return Buffer.from(encoded, "base64").toString("utf8").replaceAll("\r\n ", "").split("\r\n");
}
