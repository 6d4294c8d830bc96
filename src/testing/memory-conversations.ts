import { conversationIdOf } from "../application-data/email/conversation.js";
import type { FolderKind } from "../mailbox/folder.js";
import { conversationOf } from "../mime/conversation.js";
import { headerValues, splitMessage } from "../mime/message-bytes.js";
import { classOfFolder } from "../sync-state/folder-class.js";
import type { ParsedMessages } from "./memory-messages.js";
import type { MemoryUser } from "./memory-user.js";

/** What the user wrote stays where it is. */
const leftAlone: ReadonlySet<FolderKind> = new Set<FolderKind>(["drafts", "sent", "outbox"]);

/** Where the mails of conversations go that were moved. */
export class MovedConversations {
  readonly #folders = new Map<string, string>();

  /** Sends what arrives of a conversation to a folder. */
  note(conversationId: Uint8Array, folder: string): void {
    this.#folders.set(hexOf(conversationId), folder);
  }

  /** Where a message goes that arrives; undefined for where it is delivered to. */
  folderOf(raw: Uint8Array): string | undefined {
    const message = splitMessage(raw);
    if (message === undefined) return undefined;
    const [messageId = "", inReplyTo = "", references = ""] = ["message-id", "in-reply-to", "references"].map(
      (name) => headerValues(message, name)[0],
    );
    const { conversationId } = conversationOf({ messageId, inReplyTo, references }, 0);
    return conversationId && this.#folders.get(hexOf(conversationId));
  }
}

/** Moves the mails of a conversation, and those of it that arrive later if they name a message of it. */
export async function moveConversation(
  user: MemoryUser,
  messages: ParsedMessages,
  conversationId: Uint8Array,
  toFolder: string,
): Promise<{ readonly kind: "moved" } | { readonly kind: "not-found" }> {
  const wanted = hexOf(conversationId);
  let found = false;
  for (const { id: folder, kind } of user.folders.list) {
    if (classOfFolder(kind) !== "Email" || leftAlone.has(kind)) continue;
    for (const { id, content } of [...(user.journal(folder)?.items() ?? [])]) {
      const item = await messages.item(content);
      if (item.class !== "Email" || hexOf(conversationIdOf(item)) !== wanted) continue;
      found = true;
      if (folder !== toFolder) user.move(folder, id, toFolder);
    }
  }
  if (!found) return { kind: "not-found" };
  user.conversations.note(conversationId, toFolder);
  return { kind: "moved" };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
