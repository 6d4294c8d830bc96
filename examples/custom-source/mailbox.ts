import {
  changesFromListing,
  type EmailItem,
  type FollowUpFlag,
  type ItemUpdate,
  type ItemVersion,
  type Mailbox,
  type MailboxFolder,
} from "direct-push";
import type { MailStore, Marks, NewMail, StoredMail } from "./mail-store.js";

const folders: readonly MailboxFolder[] = [
  { id: "inbox", parentId: null, name: "Inbox", kind: "inbox" },
  { id: "drafts", parentId: null, name: "Drafts", kind: "drafts" },
  { id: "sent", parentId: null, name: "Sent", kind: "sent" },
  { id: "trash", parentId: null, name: "Trash", kind: "deleted" },
];

/** What devices read and write of a {@link MailStore}, which can list but keeps no history: the library keeps one of its listings. */
export function storeMailbox(store: MailStore): Mailbox {
  const created = new Map<string, string>();
  const listed = changesFromListing({
    list: async ({ user }, folder) =>
      folders.some(({ id }) => id === folder)
        ? store
            .list(user, folder)
            .map((mail) => ({ id: mail.id, dateMs: mail.receivedMs, ...versionOf(mail) }))
        : undefined,
  });
  return {
    changes: listed.changes,
    itemsDated: listed.itemsDated,
    itemVersion: listed.itemVersion,
    folders: async () => folders,
    item: async ({ user }, folder, id) => {
      const mail = store.get(user, folder, id);
      return mail === undefined ? undefined : toItem(mail);
    },
    create: async ({ user }, folder, item, creationToken) => {
      if (item.class !== "Email") return { kind: "invalid", reason: "this store keeps mail alone" };
      // A repeat of a request whose answer was lost must not make a second mail. A real store forgets tokens after a day.
      const key = JSON.stringify([user, folder, creationToken]);
      const repeated = store.get(user, folder, created.get(key) ?? "");
      const mail = repeated ?? store.add(user, folder, fromItem(item));
      created.set(key, mail.id);
      return { kind: "created", id: mail.id, ...versionOf(mail) };
    },
    update: async ({ user }, folder, id, update, expectedVersion) => {
      const mail = store.get(user, folder, id);
      if (mail === undefined) return { kind: "not-found" };
      if (expectedVersion !== undefined && expectedVersion !== versionOf(mail).version) {
        return { kind: "version-mismatch" };
      }
      if (update.kind === "replace") return { kind: "invalid", reason: "mails do not change" };
      const marked = store.mark(user, folder, id, marksOf(update));
      return marked === undefined ? { kind: "not-found" } : { kind: "updated", ...versionOf(marked) };
    },
    delete: async ({ user }, folder, id) =>
      store.remove(user, folder, id) === undefined ? { kind: "not-found" } : { kind: "deleted" },
    move: async ({ user }, folder, id, toFolder) => {
      if (!folders.some((one) => one.id === toFolder)) return { kind: "not-found" };
      const mail = store.remove(user, folder, id);
      if (mail === undefined) return { kind: "not-found" };
      const moved = store.add(user, toFolder, mail);
      return { kind: "moved", id: moved.id, ...versionOf(moved) };
    },
  };
}

/** A mail's content never changes here; what does is told apart from it, so that a device is sent the mark and not the mail. */
function versionOf(mail: StoredMail): ItemVersion {
  return { version: "1", flags: mail.marks };
}

/** What a device changed about a mail; what it does not mention stays. */
function marksOf(update: Extract<ItemUpdate, { kind: "email-flags" }>): Partial<Marks> {
  const { read, flag, categories } = update;
  return {
    ...(read !== undefined && { read }),
    ...(flag !== undefined && { followUp: flag === null ? "" : JSON.stringify(flag) }),
    ...(categories !== undefined && {
      categories: categories.length === 0 ? "" : JSON.stringify(categories),
    }),
  };
}

function toItem({ from, to, subject, text, receivedMs, marks }: StoredMail): EmailItem {
  const { read, followUp, categories } = marks;
  return {
    class: "Email",
    subject,
    from,
    to,
    dateReceivedMs: receivedMs,
    read,
    ...(followUp !== "" && { flag: JSON.parse(followUp) as FollowUpFlag }),
    ...(categories !== "" && { categories: JSON.parse(categories) as string[] }),
    body: { native: "plain", plain: { data: text } },
  };
}

function fromItem({ from, to, subject, read, dateReceivedMs: receivedMs, body }: EmailItem): NewMail {
  const marks = { read, followUp: "", categories: "" };
  return { from, to, subject, receivedMs, marks, text: body?.plain?.data ?? "" };
}
