import type { AttachmentStream, ByteRange, MailboxAttachments } from "../mailbox/abilities/attachments.js";
import type { MailboxSearch, MailboxSearchQuery } from "../mailbox/abilities/mail-search.js";
import type { MailboxFolder } from "../mailbox/folder.js";
import type { EmailItem } from "../mailbox/items/email.js";
import type { MailboxItem } from "../mailbox/items/item.js";
import type { ListedChanges } from "../mailbox/listed-changes.js";
import type {
  ChangePage,
  ChangeQuery,
  DatedPage,
  DatedQuery,
  ItemState,
  ItemView,
} from "../mailbox/mailbox.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { wholeNumbers } from "../server/check-options.js";
import { KnownUids } from "./changes-known-uids.js";
import { changesByListing } from "./changes-listed.js";
import { changesByModSeq, hasModSequences } from "./changes-modseq.js";
import type { ImapConnections, ImapFolderWorkOptions } from "./imap-connections.js";
import type { ImapFolders } from "./imap-folders.js";
import { datedItems } from "./items-dated.js";
import { type ItemRequest, readItems } from "./items-read.js";
import { ReadTogether } from "./items-together.js";
import { readVersions } from "./items-versions.js";
import { ImapAttachments } from "./mailbox-attachments.js";
import { searchFolders } from "./mailbox-search.js";

/** Settings of an {@link ImapMailbox}. */
export interface ImapMailboxOptions {
  /**
   * On servers without QRESYNC (RFC 7162) alone: how much is remembered to find out what changed, in all folders of all users, from 1. Without CONDSTORE
   * it counts mails, of about 300 bytes; with CONDSTORE ranges of mails with neighbouring UIDs, of about 50. Default 1,000,000.
   */
  readonly maxListedItems?: number;
}

const reading: ImapFolderWorkOptions = { readOnly: true };

/** What of IMAP mailboxes is read. */
export class ImapMailboxReading implements MailboxAttachments, MailboxSearch {
  readonly #folders: ImapFolders;
  readonly #attachments: ImapAttachments;
  readonly #listed: ListedChanges;
  readonly #uids: KnownUids;
  readonly #versions: ReadTogether<undefined, ItemState>;
  readonly #items: ReadTogether<Omit<ItemRequest, "uid">, EmailItem>;

  /** @throws DirectPushError `ERR_OPTION_INVALID` for an option that cannot be. */
  constructor(connections: ImapConnections, folders: ImapFolders, options: ImapMailboxOptions = {}) {
    const { maxListedItems } = wholeNumbers("", options, { maxListedItems: [1_000_000, 1, 1_000_000_000] });
    this.#folders = folders;
    this.#uids = new KnownUids(maxListedItems);
    this.#attachments = new ImapAttachments(folders);
    this.#versions = new ReadTogether(folders, readVersions);
    this.#items = new ReadTogether(folders, (client, asked) =>
      readItems(
        client,
        asked.map(({ uid, question }) => ({ uid, ...question })),
      ),
    );
    this.#listed = changesByListing(folders, connections.options.clock, maxListedItems);
  }

  async folders(mailbox: MailboxRef): Promise<readonly MailboxFolder[]> {
    return await this.#folders.folders(mailbox);
  }

  async changes(
    mailbox: MailboxRef,
    folder: string,
    query: ChangeQuery,
  ): Promise<ChangePage | { readonly kind: "folder-gone" }> {
    const uids = this.#uids.of(mailbox.user, folder);
    const done = await this.#folders.inFolder(
      mailbox,
      folder,
      async (client, opened) =>
        hasModSequences(client, opened) ? await changesByModSeq(client, opened, query, uids) : undefined,
      reading,
    );
    if (done.kind === "folder-missing") return { kind: "folder-gone" };
    if (done.kind === "not-selectable") return { kind: "page", changes: [], cursor: "", more: false };
    return done.value ?? (await this.#listed.changes(mailbox, folder, query));
  }

  async itemsDated(mailbox: MailboxRef, folder: string, query: DatedQuery): Promise<DatedPage> {
    const done = await this.#folders.inFolder(
      mailbox,
      folder,
      (client, opened) => datedItems(client, opened, query),
      reading,
    );
    return done.kind === "done" ? done.value : { items: [], cursor: "", more: false };
  }

  async itemVersion(mailbox: MailboxRef, folder: string, id: string): Promise<ItemState | undefined> {
    return await this.#versions.ask(mailbox, folder, id, undefined);
  }

  async item(
    mailbox: MailboxRef,
    folder: string,
    id: string,
    view: ItemView,
  ): Promise<MailboxItem | undefined> {
    return await this.#items.ask(mailbox, folder, id, { place: { folder, item: id }, view });
  }

  async attachment(
    mailbox: MailboxRef,
    fileReference: string,
    range?: ByteRange,
  ): Promise<({ readonly kind: "attachment" } & AttachmentStream) | { readonly kind: "not-found" }> {
    return await this.#attachments.open(mailbox, fileReference, range);
  }

  async search(mailbox: MailboxRef, query: MailboxSearchQuery): ReturnType<MailboxSearch["search"]> {
    return await searchFolders(this.#folders, mailbox, query);
  }
}
