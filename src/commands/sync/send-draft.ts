import { DirectPushError } from "../../errors.js";
import type { EmailItem } from "../../mailbox/items/email.js";
import { CommonStatus } from "../../protocol/status.js";
import { keepCopy } from "../sending/finish-sending.js";
import {
  composeMail,
  type ReadyMail,
  type RefusedMail,
  senderAddresses,
  submitMail,
} from "../sending/outgoing-mail.js";
import { sendOnce } from "../sending/send-once.js";
import type { CollectionWork } from "./collection-work.js";
import type { DraftDesk } from "./compose-draft.js";
import { SyncStatus } from "./status.js";

/** The draft as it is to be sent, or the Status with which it is refused. */
export type DraftToSend = { readonly kind: "draft"; readonly item: EmailItem } | RefusedMail;

/**
 * Sends a draft once ([MS-ASEMAIL] 2.2.2.69): it goes out, a copy is kept in the Sent folder, and it leaves the Drafts folder. A repeat of the command
 * does what is left of that.
 *
 * @param token of this draft and of what the device made of it; the same for a repeat.
 * @param prepare reads the draft; it may be gone when the mail is out already.
 * @param id of the draft in the mailbox; undefined when it was never there.
 * @returns the Status; success also when it was sent before.
 * @throws what the mailbox or the mail server throws: a repeat goes on where this one ended.
 */
export async function sendDraft(
  token: string,
  prepare: () => Promise<DraftToSend>,
  id: string | undefined,
  { submission }: DraftDesk,
  work: CollectionWork,
): Promise<number> {
  const { context } = work;
  const identity = { clientId: token, fingerprint: undefined, token };
  const status = await sendOnce<{ readonly composed: ReadyMail }>(context, identity, {
    prepare: async () => {
      const draft = await prepare();
      if (draft.kind === "refused") return draft;
      const from = await senderAddresses(context, submission);
      const message = draft.item.body?.mime?.data ?? new Uint8Array(0);
      const composed = await composeMail({ message, answered: undefined, token }, from, context, submission);
      return composed.kind === "refused" ? composed : { kind: "ready", composed };
    },
    submit: ({ composed }) => submitMail(composed, token, context, submission),
    finish: async ({ composed }) => {
      await keepCopy(composed, token, context);
      if (id !== undefined) await removeDraft(id, work);
    },
  });
  return status === undefined ? SyncStatus.Success : statusOf(status);
}

/** A mail that was sent is no failure, whatever becomes of its draft. */
async function removeDraft(id: string, { context, collection }: CollectionWork): Promise<void> {
  const { mailbox, mailboxRef, events } = context;
  const { kind } = await mailbox.delete(mailboxRef, collection.collectionId, id);
  if (kind === "deleted" || kind === "not-found") return;
  events.sourceFailed(new Error(`A draft that was sent stays among the drafts: ${kind}`));
}

/** What a mail that cannot be sent is called where it is a draft. */
function statusOf(status: number): number {
  switch (status) {
    case CommonStatus.ServerErrorRetryLater:
      // Another process is at it: the device asks again, and learns how that ended.
      throw new DirectPushError("ERR_STATE_CONFLICT", "the draft is being sent by another process");
    case CommonStatus.MessageHasNoRecipient:
    case CommonStatus.MessageRecipientUnresolved:
      return CommonStatus.InvalidRecipients;
    case CommonStatus.InvalidMime:
      return SyncStatus.InvalidItem;
    default:
      return status;
  }
}
