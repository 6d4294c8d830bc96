import { attachmentsOf } from "../../mailbox/abilities/attachments.js";
import type { EmailItem } from "../../mailbox/items/email.js";
import type { Attachment } from "../../mailbox/items/values.js";
import type { CarriedAttachment } from "../../mailbox/mail-submission.js";
import type { ItemView } from "../../mailbox/mailbox.js";
import type { CommandContext } from "../command.js";

/** More than any mail server takes, counted before anything is read. */
export const maxCarriedBytes: number = 100 * 1024 * 1024;

/** How a mail is read of which another is made. */
export const wholeMail: ItemView = {
  bodies: (["mime", "html", "plain"] as const).map((type) => ({
    type,
    truncationBytes: undefined,
    allOrNone: false,
    previewCharacters: 0,
  })),
  withBody: true,
};

/** Whether the mailbox gave the whole message. */
export function hasWholeMime({ body }: EmailItem): boolean {
  return body?.mime !== undefined && body.mime.fullSizeBytes === undefined;
}

/** An attachment with what is in it; undefined when it cannot be had. Throws what the mailbox throws. */
export async function loadAttachment(
  { fileReference, displayName, contentId, inline }: Attachment,
  { mailbox, mailboxRef }: CommandContext,
): Promise<CarriedAttachment | undefined> {
  const opened = await attachmentsOf(mailbox)?.attachment(mailboxRef, fileReference);
  if (opened?.kind !== "attachment" || opened.sizeBytes > maxCarriedBytes) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.content) chunks.push(chunk);
  return {
    fileName: displayName ?? "attachment.bin",
    contentType: opened.contentType,
    content: Buffer.concat(chunks),
    ...(contentId === undefined ? {} : { contentId }),
    ...(inline === undefined ? {} : { inline }),
  };
}
