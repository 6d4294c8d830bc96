import type { AnsweredMail, ComposedMail, Composition, MailComposer } from "../mailbox/mail-submission.js";
import { answerContent, isContentHeader } from "./answer-content.js";
import type { MessageContent } from "./compose-content.js";
import { composeDraft } from "./draft-message.js";
import { domainOf, encodedText, recipientsOf, type Sender, senderOf } from "./envelope.js";
import { fingerprint } from "./fingerprint.js";
import { headerValues, joinMessage, type SplitMessage, splitMessage } from "./message-bytes.js";
import { parseMessage } from "./parse-message.js";

/** Most Message-IDs that References names; a conversation may be longer. */
const maxReferences = 50;

/**
 * Makes messages of what devices send, for the option `submission`. A message that answers nothing goes out as it came, byte by byte, but for Bcc, a From that is
 * not the user's, and a Date and a Message-ID where it has none. Needs the packages `postal-mime` and, to put the original
 * into replies and forwards and to write drafts, `nodemailer`.
 */
export function mailComposer(): MailComposer {
  return { compose, composeDraft, fingerprint };
}

async function compose(composition: Composition): Promise<ComposedMail> {
  const { message: raw, senderAddresses, answered } = composition;
  const written = splitMessage(raw);
  if (written === undefined) return { kind: "invalid-message", reason: "it does not begin with a header" };
  const recipients = recipientsOf(written);
  if (recipients.kind !== "recipients") return recipients;
  const sender = senderOf(written, senderAddresses);
  const content: MessageContent | undefined =
    answered?.putIn === true ? await answerContent(raw, written, answered) : undefined;
  const added = addedHeaders(written, sender, composition);
  const build = (withBcc: boolean): Buffer => {
    const kept = written.headers.filter(
      (header) =>
        (withBcc || !/^(?:resent-)?bcc$/.test(header.name)) &&
        !(sender.header !== undefined && (header.name === "from" || header.name === "sender")) &&
        !(content !== undefined && isContentHeader(header)),
    );
    const headers = [...added, ...kept.map(({ bytes }) => bytes), ...(content?.headers ?? [])];
    return joinMessage(headers, content?.body ?? written.body);
  };
  return {
    kind: "composed",
    message: build(false),
    sender: sender.address,
    recipients: recipients.addresses,
    copy: async () => ({
      ...(await parseMessage(build(true), { receivedMs: composition.nowMs })),
      read: true,
    }),
  };
}

/** What the message has to have and has not. */
function addedHeaders(written: SplitMessage, sender: Sender, composition: Composition): string[] {
  const { nowMs, submissionToken, answered } = composition;
  const added = sender.header === undefined ? [] : [sender.header];
  const isMissing = (name: string): boolean => headerValues(written, name).length === 0;
  if (isMissing("date")) added.push(`Date: ${new Date(nowMs).toUTCString().replace("GMT", "+0000")}\r\n`);
  if (isMissing("message-id")) added.push(`Message-ID: <${submissionToken}@${domainOf(sender.address)}>\r\n`);
  const subject = answered?.item.subject;
  if (subject !== undefined && isMissing("subject"))
    added.push(`Subject: ${encodedText(`FW: ${subject}`)}\r\n`);
  const thread = answered === undefined ? undefined : threadOf(answered);
  if (thread !== undefined) {
    if (isMissing("in-reply-to")) added.push(`In-Reply-To: ${thread.answeredId}\r\n`);
    if (isMissing("references")) added.push(`References: ${thread.references.join("\r\n ")}\r\n`);
  }
  return added;
}

/** What ties the message to the one that it answers; undefined when that has no name. */
function threadOf({
  item,
}: AnsweredMail): { readonly answeredId: string; readonly references: readonly string[] } | undefined {
  const mime = item.body?.mime;
  const original = mime === undefined ? undefined : splitMessage(mime.data);
  if (original === undefined) return undefined;
  const [answeredId] = messageIds(original, "message-id");
  if (answeredId === undefined) return undefined;
  const earlier = messageIds(original, "references");
  if (earlier.length === 0) earlier.push(...messageIds(original, "in-reply-to").slice(0, 1));
  return { answeredId, references: [...earlier.slice(1 - maxReferences), answeredId] };
}

function messageIds(message: SplitMessage, name: string): string[] {
  return headerValues(message, name).flatMap((value) => value.match(/<[^<>\s]{1,900}>/g) ?? []);
}
