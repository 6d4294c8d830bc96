import { DirectPushError } from "../../errors.js";
import type { EmailItem } from "../../mailbox/items/email.js";
import type { MailboxItem } from "../../mailbox/items/item.js";
import type { AnsweredMail, CarriedAttachment } from "../../mailbox/mail-submission.js";
import { CommonStatus } from "../../protocol/status.js";
import type { CommandContext } from "../command.js";
import { hasWholeMime, loadAttachment, maxCarriedBytes, wholeMail } from "./carried-mail.js";
import type { SendingName } from "./sending-command.js";
import type { SendingRequest, SendingSource } from "./sending-request.js";

/** The mail that is answered or passed on. */
export interface Answered {
  readonly kind: "answered";
  readonly source: SendingSource;
  readonly mail: AnsweredMail;
}

/** Finds the mail that a request names as its source; undefined for a request without one. */
export async function answeredMail(
  name: SendingName,
  { source, replacesMime }: SendingRequest,
  context: CommandContext,
): Promise<Answered | { readonly kind: "refused"; readonly status: number } | undefined> {
  if (source === undefined) return undefined;
  const how = name === "SmartForward" ? "forward" : "reply";
  const failed = {
    kind: "refused",
    status: how === "reply" ? CommonStatus.MessageReplyFailed : CommonStatus.MailSubmissionFailed,
  } as const;
  const item = await loadItem(source, context);
  if (item === "unreadable") return failed;
  if (item === undefined) return { kind: "refused", status: CommonStatus.ItemNotFound };
  if (item.class !== "Email") return { kind: "refused", status: CommonStatus.UnexpectedItemClass };
  if (source.hasInstance && item.meetingRequest === undefined) {
    return { kind: "refused", status: CommonStatus.NoRecurrenceInCalendar };
  }
  const putIn = !replacesMime;
  const attachments = putIn && !hasWholeMime(item) ? await loadAttachments(item, how, context) : undefined;
  if (attachments === "unreadable") return failed;
  return { kind: "answered", source, mail: { how, item, attachments, putIn } };
}

async function loadItem(
  { folder, item }: SendingSource,
  { mailbox, mailboxRef }: CommandContext,
): Promise<MailboxItem | undefined | "unreadable"> {
  try {
    return await mailbox.item(mailboxRef, folder, item, wholeMail);
  } catch (error) {
    // This one item is broken, and will be at the next try.
    if (error instanceof DirectPushError && error.code === "ERR_CALL_FAILED") return "unreadable";
    throw error;
  }
}

/** A forward takes all attachments or is none; a reply does with the images that can be had. */
async function loadAttachments(
  item: EmailItem,
  how: "reply" | "forward",
  context: CommandContext,
): Promise<readonly CarriedAttachment[] | "unreadable"> {
  const wanted = (item.attachments ?? []).filter(
    ({ inline, contentId }) => how === "forward" || (inline === true && contentId !== undefined),
  );
  if (wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > maxCarriedBytes) return "unreadable";
  const loaded: CarriedAttachment[] = [];
  for (const attachment of wanted) {
    const carried = await loadAttachment(attachment, context);
    if (carried !== undefined) loaded.push(carried);
    else if (how === "forward") return "unreadable";
  }
  return loaded;
}
