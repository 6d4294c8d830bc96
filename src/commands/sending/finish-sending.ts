import { lastVerbOf } from "../../mailbox/abilities/last-verb.js";
import type { CommandContext } from "../command.js";
import type { Answered } from "./answered-mail.js";
import type { ReadyMail } from "./outgoing-mail.js";
import type { SendingRequest } from "./sending-request.js";

/**
 * Does what follows when a mail is out: keeps a copy, and marks the mail that it answers. What the mailbox refuses is reported and no more, since no repeat
 * would change it.
 *
 * @throws DirectPushError when the mailbox cannot be reached: a repeat does it.
 */
export async function finishSending(
  { saveInSent }: SendingRequest,
  composed: ReadyMail,
  answered: Answered | undefined,
  token: string,
  context: CommandContext,
): Promise<void> {
  if (saveInSent) await keepCopy(composed, token, context);
  if (answered !== undefined) await markAnswered(composed, answered, context);
}

/**
 * Keeps a copy of a mail that is out in the folder of kind `sent`, unless the mail server does it by itself; reports that there is none, or that the mailbox refuses it.
 *
 * @throws DirectPushError when the mailbox cannot be reached.
 */
export async function keepCopy(
  composed: ReadyMail,
  token: string,
  { mailbox, mailboxRef, events, submission }: CommandContext,
): Promise<void> {
  if (submission?.keepsCopies === true) return;
  const sent = (await mailbox.folders(mailboxRef)).find(({ kind }) => kind === "sent");
  if (sent === undefined) {
    events.sourceFailed(new Error("There is no Sent folder for the copy of a mail that was sent"));
    return;
  }
  const created = await mailbox.create(mailboxRef, sent.id, await composed.copy(), `sent ${token}`);
  if (created.kind === "created") return;
  events.sourceFailed(new Error(`The copy of a mail that was sent is refused: ${created.kind}`));
}

async function markAnswered(
  { recipients }: ReadyMail,
  { source, mail }: Answered,
  { mailbox, mailboxRef, clock }: CommandContext,
): Promise<void> {
  const reply = recipients.length > 1 ? "reply-all" : "reply";
  const executed = mail.how === "forward" ? "forward" : reply;
  await lastVerbOf(mailbox)?.setLastVerb(mailboxRef, source.folder, source.item, {
    executed,
    atMs: clock.now(),
  });
}
