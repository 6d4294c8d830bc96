import { DirectPushError } from "../../errors.js";
import type { MailboxItem } from "../../mailbox/items/item.js";
import type { ItemView } from "../../mailbox/mailbox.js";
import type { CollectionWork } from "./collection-work.js";

/**
 * One item of the collection; `unreadable` when it alone cannot be read.
 *
 * @throws when the mailbox cannot be reached at all.
 */
export async function readItem(
  id: string,
  view: ItemView,
  { context, collection }: CollectionWork,
): Promise<MailboxItem | "not-found" | "unreadable"> {
  const { mailbox, mailboxRef } = context;
  try {
    return (await mailbox.item(mailboxRef, collection.collectionId, id, view)) ?? "not-found";
  } catch (error) {
    if (error instanceof DirectPushError && error.code === "ERR_MAILBOX_UNAVAILABLE") throw error;
    await mailbox.itemVersion(mailboxRef, collection.collectionId, id);
    return "unreadable";
  }
}
