import type { Clock } from "../clock.js";
import type { ByteRange, MailboxAttachments } from "../mailbox/abilities/attachments.js";
import type { MailboxConversations } from "../mailbox/abilities/conversations.js";
import type { MailboxEmptyFolder } from "../mailbox/abilities/empty-folder.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { openAttachment } from "./memory-attachments.js";
import { moveConversation } from "./memory-conversations.js";
import { emptyFolder } from "./memory-empty-folder.js";
import type { MemoryFaults } from "./memory-faults.js";
import {
  type MemoryLookupMethod,
  type MemoryLookupParts,
  MemoryMailboxLookups,
} from "./memory-mailbox-lookups.js";
import type { ParsedMessages } from "./memory-messages.js";

/** A call of these abilities. */
export type MemoryContentMethod =
  | keyof MailboxAttachments
  | keyof MailboxConversations
  | keyof MailboxEmptyFolder;

/** What ItemOperations does with a {@link MemoryMailbox} beside reading items. */
export abstract class MemoryMailboxContents
  extends MemoryMailboxLookups
  implements MailboxAttachments, MailboxConversations, MailboxEmptyFolder
{
  /** Makes calls fail or wait, and counts them. */
  abstract override readonly faults: Pick<MemoryFaults<MemoryContentMethod | MemoryLookupMethod>, "enter">;
  readonly #messages: ParsedMessages;

  constructor(clock: Clock, epoch: string, parts: MemoryLookupParts) {
    super(clock, epoch, parts);
    this.#messages = parts.messages;
  }

  /** See {@link MailboxAttachments.attachment}. Of delivered mails alone. */
  async attachment(
    mailbox: MailboxRef,
    fileReference: string,
    range?: ByteRange,
  ): ReturnType<MailboxAttachments["attachment"]> {
    await this.faults.enter("attachment");
    return await openAttachment(this.user(mailbox.user), fileReference, range);
  }

  /** See {@link MailboxConversations.moveConversation}. */
  async moveConversation(
    mailbox: MailboxRef,
    conversationId: Uint8Array,
    toFolder: string,
  ): ReturnType<MailboxConversations["moveConversation"]> {
    await this.faults.enter("moveConversation");
    return await moveConversation(this.user(mailbox.user), this.#messages, conversationId, toFolder);
  }

  /** See {@link MailboxEmptyFolder.emptyFolder}. */
  async emptyFolder(
    mailbox: MailboxRef,
    folder: string,
    { withSubfolders }: { readonly withSubfolders: boolean },
  ): ReturnType<MailboxEmptyFolder["emptyFolder"]> {
    await this.faults.enter("emptyFolder");
    return emptyFolder(this.user(mailbox.user), folder, withSubfolders);
  }
}
