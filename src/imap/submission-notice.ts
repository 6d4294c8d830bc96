import type { OutgoingMail } from "../mailbox/mail-submission.js";

/** A recipient that the server refused, and what it said. */
export interface RejectedRecipient {
  readonly recipient: string;
  readonly response: string;
}

/** The note that tells a user for whom a mail was not taken, while others got it. */
export function rejectionNotice(
  { message, sender }: OutgoingMail,
  rejected: readonly RejectedRecipient[],
  nowMs: number,
): Buffer {
  const lines = [
    `From: Mail delivery <${sender}>`,
    `To: <${sender}>`,
    `Subject: Not sent to ${rejected.map(({ recipient }) => plain(recipient)).join(", ")}`.slice(0, 900),
    `Date: ${new Date(nowMs).toUTCString().replace("GMT", "+0000")}`,
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    "The mail server did not take your mail for these recipients. Everybody else has got it.",
    "",
    ...rejected.flatMap(({ recipient, response }) => [`  ${plain(recipient)}`, `    ${plain(response)}`]),
    "",
    ...subjectOf(message),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n`);
}

/** The subject line as it was sent: it may be encoded, and then says little, but which mail it was can be found by it. */
function subjectOf(message: Uint8Array): readonly string[] {
  const head = Buffer.from(message.buffer, message.byteOffset, Math.min(message.byteLength, 65_536)).toString(
    "latin1",
  );
  const [, subject] = /^subject: *([^\r\n]*)/im.exec(head.split(/\r?\n\r?\n/, 1)[0] ?? "") ?? [];
  return subject === undefined ? [] : [`Subject of the mail: ${plain(subject)}`];
}

function plain(text: string): string {
  return text.replace(/[\r\n\0]+/g, " ");
}
