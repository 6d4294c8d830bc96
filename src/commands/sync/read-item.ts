import { DirectPushError } from "../../errors.js";
import type { MailboxItem } from "../../mailbox/items/item.js";
import type { ItemView } from "../../mailbox/mailbox.js";
import type { CollectionWork } from "./collection-work.js";

/**
 * One item of the collection; `unreadable` when it alone cannot be read, and not the second time either.
 *
 * @throws when the mailbox cannot be reached at all.
 */
export async function readItem(
  id: string,
  view: ItemView,
  { context, collection }: CollectionWork,
): Promise<MailboxItem | "not-found" | "unreadable"> {
  const { mailbox, mailboxRef } = context;
  const { collectionId } = collection;
  const read = async (): Promise<MailboxItem | "not-found"> =>
    (await mailbox.item(mailboxRef, collectionId, id, view)) ?? "not-found";
  try {
    return await read();
  } catch (error) {
    if (isUnavailable(error)) throw error;
    await mailbox.itemVersion(mailboxRef, collectionId, id);
  }
  // The mailbox answers, so it is the item, unless the failure passed by.
  try {
    return await read();
  } catch (error) {
    if (isUnavailable(error)) throw error;
    return "unreadable";
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof DirectPushError && error.code === "ERR_MAILBOX_UNAVAILABLE";
}
