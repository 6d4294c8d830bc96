import type { ImapFlow, MailboxObject } from "imapflow";
import type { MailboxDrafts, ReplacedDraft } from "../mailbox/abilities/drafts.js";
import type { MailboxEmptyFolder } from "../mailbox/abilities/empty-folder.js";
import type {
  AddFolderRefusal,
  FolderWish,
  MailboxFolderWriting,
  RemoveFolderRefusal,
  UpdateFolderRefusal,
} from "../mailbox/abilities/folder-writing.js";
import type { MailboxLastVerb } from "../mailbox/abilities/last-verb.js";
import type { ItemPlace } from "../mailbox/item-reference.js";
import type { EmailItem, LastVerb } from "../mailbox/items/email.js";
import type { MailboxItem } from "../mailbox/items/item.js";
import type { ItemUpdate, ItemVersion, Mailbox, WriteRefusal, WrittenItem } from "../mailbox/mailbox.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { appendOnce, creationName, messageOfItem, saveOnce } from "./append.js";
import { itemStateOf } from "./flags.js";
import type { ImapConnections, ImapFolderWorkOptions } from "./imap-connections.js";
import type { ImapFolders } from "./imap-folders.js";
import { type MessageId, readItemId } from "./items-id.js";
import { emptyFolders } from "./mailbox-empty-folder.js";
import { moveMessage } from "./mailbox-moves.js";
import { type ImapMailboxOptions, ImapMailboxReading } from "./mailbox-reading.js";
import { currentState, deleteMessage, markVerb, updateFlags } from "./mailbox-writes.js";

const notFound = { kind: "not-found" } as const;

/**
 * Mailboxes on an IMAP server: what FolderSync and Sync read and write. All folders hold mails. Flags and keywords of messages are what devices see
 * as read, follow-up flag, categories and last verb; what some program has marked as deleted is gone for them. Whatever the server does not do, for
 * which there is no result, rejects: the mailbox is not available then.
 */
export class ImapMailbox
  extends ImapMailboxReading
  implements Mailbox, MailboxDrafts, MailboxEmptyFolder, MailboxFolderWriting, MailboxLastVerb
{
  readonly #folders: ImapFolders;
  /** Creations that are under way: a repeat that comes meanwhile waits for the first. */
  readonly #creations = new Map<string, ReturnType<ImapMailbox["create"]>>();

  /** @throws DirectPushError `ERR_OPTION_INVALID` for an option that cannot be. */
  constructor(connections: ImapConnections, folders: ImapFolders, options: ImapMailboxOptions = {}) {
    super(connections, folders, options);
    this.#folders = folders;
  }

  /** Stores a message. An item without one (`body.mime`) is `invalid`, as are items of other classes than Email. */
  async create(
    mailbox: MailboxRef,
    folder: string,
    item: MailboxItem,
    creationToken: string,
  ): Promise<({ readonly kind: "created" } & WrittenItem) | WriteRefusal> {
    const name = creationName(mailbox.user, folder, creationToken);
    const underway = this.#creations.get(name);
    if (underway !== undefined) return await underway;
    const creation = this.#create(mailbox, folder, item, name).finally(() => this.#creations.delete(name));
    this.#creations.set(name, creation);
    return await creation;
  }

  async saveDraft(
    mailbox: MailboxRef,
    folder: string,
    draft: EmailItem,
    replaced: ReplacedDraft | undefined,
    token: string,
  ): ReturnType<MailboxDrafts["saveDraft"]> {
    const message = messageOfItem(draft);
    if ("kind" in message) return message;
    const before = replaced === undefined ? undefined : readItemId(replaced.id);
    if (replaced !== undefined && before === undefined) return notFound;
    const name = creationName(mailbox.user, folder, token);
    const done = await this.#folders.inFolder(mailbox, folder, async (client, opened) => {
      if (before !== undefined && before.uidValidity !== opened.uidValidity) return notFound;
      const old = before && replaced && { uid: before.uid, expectedVersion: replaced.expectedVersion };
      return await saveOnce(client, opened, message, old, name);
    });
    return done.kind === "done" ? done.value : notFound;
  }

  /** Changes flags. A message itself cannot be changed: to replace it is `invalid`. */
  async update(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    update: ItemUpdate,
    expectedVersion: string | undefined,
  ): Promise<({ readonly kind: "updated" } & ItemVersion) | WriteRefusal> {
    const place = { folder, item: id };
    const updated = await this.#withMessage(mailbox, place, {}, async (client, { uid }) =>
      update.kind === "email-flags"
        ? await updateFlags(client, uid, update, expectedVersion)
        : await refuseReplacing(client, uid, expectedVersion),
    );
    return updated ?? notFound;
  }

  async delete(
    mailbox: MailboxRef,
    folder: string,
    id: string,
  ): Promise<{ readonly kind: "deleted" } | WriteRefusal> {
    const place = { folder, item: id };
    return (
      (await this.#withMessage(mailbox, place, {}, (client, { uid }) => deleteMessage(client, uid))) ??
      notFound
    );
  }

  async move(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    toFolder: string,
  ): Promise<({ readonly kind: "moved" } & WrittenItem) | WriteRefusal> {
    const target = await this.#folders.find(mailbox, toFolder);
    if (target === undefined) return notFound;
    if (!target.selectable) return { kind: "invalid", reason: "the folder holds no mails" };
    const moved = await this.#withMessage(mailbox, { folder, item: id }, {}, (client, { uid }) =>
      moveMessage(client, uid, target.path),
    );
    return moved ?? notFound;
  }

  async setLastVerb(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    verb: LastVerb,
  ): Promise<{ readonly kind: "updated" } | { readonly kind: "not-found" }> {
    const place = { folder, item: id };
    const marked = await this.#withMessage(mailbox, place, {}, (client, { uid }) =>
      markVerb(client, uid, verb.executed),
    );
    return marked ?? notFound;
  }

  async emptyFolder(
    mailbox: MailboxRef,
    folder: string,
    options: { readonly withSubfolders: boolean },
  ): ReturnType<MailboxEmptyFolder["emptyFolder"]> {
    return await emptyFolders(this.#folders, mailbox, folder, options);
  }

  async addFolder(
    mailbox: MailboxRef,
    folder: FolderWish,
  ): Promise<{ readonly kind: "created"; readonly id: string } | AddFolderRefusal> {
    return await this.#folders.addFolder(mailbox, folder);
  }

  async updateFolder(
    mailbox: MailboxRef,
    id: string,
    to: { readonly parentId: string | null; readonly name: string },
  ): Promise<{ readonly kind: "updated" } | UpdateFolderRefusal> {
    return await this.#folders.updateFolder(mailbox, id, to);
  }

  async removeFolder(
    mailbox: MailboxRef,
    id: string,
  ): Promise<{ readonly kind: "deleted" } | RemoveFolderRefusal> {
    return await this.#folders.removeFolder(mailbox, id);
  }

  async #create(
    mailbox: MailboxRef,
    folder: string,
    item: MailboxItem,
    name: string,
  ): Promise<({ readonly kind: "created" } & WrittenItem) | WriteRefusal> {
    if (item.class !== "Email") return { kind: "invalid", reason: `an IMAP server has no ${item.class}` };
    const message = messageOfItem(item);
    if ("kind" in message) return message;
    const done = await this.#folders.inFolder(mailbox, folder, (client, opened) =>
      appendOnce(client, opened, message, name),
    );
    return done.kind === "done" ? done.value : notFound;
  }

  /** Works in the folder of a message; undefined when the folder is gone, or the id is none of those that it has now. */
  async #withMessage<T>(
    mailbox: MailboxRef,
    { folder, item }: ItemPlace,
    options: ImapFolderWorkOptions,
    work: (client: ImapFlow, id: MessageId, opened: MailboxObject) => Promise<T>,
  ): Promise<T | undefined> {
    const id = readItemId(item);
    if (id === undefined) return undefined;
    const done = await this.#folders.inFolder(
      mailbox,
      folder,
      async (client, opened) =>
        opened.uidValidity === id.uidValidity ? await work(client, id, opened) : undefined,
      options,
    );
    return done.kind === "done" ? done.value : undefined;
  }
}

async function refuseReplacing(
  client: ImapFlow,
  uid: number,
  expectedVersion: string | undefined,
): Promise<WriteRefusal> {
  const state = await currentState(client, uid);
  if (state === undefined) return notFound;
  if (expectedVersion !== undefined && itemStateOf(state).version !== expectedVersion) {
    return { kind: "version-mismatch" };
  }
  return { kind: "invalid", reason: "a message cannot be changed" };
}
