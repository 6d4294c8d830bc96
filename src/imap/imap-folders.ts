import type { ImapFlow, MailboxObject } from "imapflow";
import type {
  AddFolderRefusal,
  FolderWish,
  MailboxFolderWriting,
  RemoveFolderRefusal,
  UpdateFolderRefusal,
} from "../mailbox/abilities/folder-writing.js";
import type { MailboxFolder } from "../mailbox/folder.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { boolean } from "../server/check-options.js";
import { MemoryStateStore } from "../state/memory-state-store.js";
import type { StateStore } from "../state/state-store.js";
import type { ImapConnections, ImapFolderWork, ImapFolderWorkOptions } from "./imap-connections.js";
import { isAnswered } from "./imap-connections-failure.js";
import { FolderCache } from "./imap-folders-cache.js";
import { PathIds } from "./imap-folders-ids.js";
import { type ImapFolder, type ImapFolderListing, listFolders } from "./imap-folders-listing.js";
import { makeMissingFolders } from "./imap-folders-missing.js";
import { below, placeOf, refusalOf } from "./imap-folders-writing.js";

/** Which folders there are. */
export interface ImapFoldersOptions {
  /** Only those that the user is subscribed to, and the inbox. Default false. */
  readonly onlySubscribed?: boolean;
  /** Make the folders for sent mail, drafts and deleted mail where a mailbox has none. Default true. */
  readonly makeMissing?: boolean;
  /**
   * Where ids of folders are kept that devices have renamed, on servers whose folders have no ids of their own. Give the store of the server.
   * Default: in memory.
   */
  readonly state?: StateStore;
}

/** Work in a folder that was done, or that could not be. */
export type FolderWork<T> =
  | ImapFolderWork<T>
  /** There is such a folder, but it holds no mails: it only has others below it. */
  | { readonly kind: "not-selectable" };

/** The folders of IMAP mailboxes, by ids that stay when a folder is renamed. */
export class ImapFolders implements MailboxFolderWriting {
  readonly #connections: ImapConnections;
  readonly #onlySubscribed: boolean;
  readonly #makeMissing: boolean;
  readonly #pathIds: PathIds;
  readonly #cache: FolderCache;
  readonly #onChange = new Set<(user: string) => void>();

  /** @throws DirectPushError `ERR_OPTION_INVALID` for an option that cannot be. */
  constructor(connections: ImapConnections, options: ImapFoldersOptions = {}) {
    const { onlySubscribed = false, makeMissing = true, state = new MemoryStateStore() } = options;
    boolean("onlySubscribed", onlySubscribed);
    boolean("makeMissing", makeMissing);
    this.#connections = connections;
    this.#onlySubscribed = onlySubscribed;
    this.#makeMissing = makeMissing;
    this.#pathIds = new PathIds(state);
    this.#cache = new FolderCache(connections.options.clock);
  }

  /** All folders as they are now, parents before children. */
  async folders(mailbox: MailboxRef): Promise<readonly MailboxFolder[]> {
    const { folders } = await this.list(mailbox);
    return folders.map(({ id, parentId, name, kind }) => ({ id, parentId, name, kind }));
  }

  /** The same with where they are on the server. */
  async list(mailbox: MailboxRef): Promise<ImapFolderListing> {
    const listing = await this.#connections.use(mailbox, (client) => this.listBy(client, mailbox), {
      repeatable: true,
    });
    return listing;
  }

  /** The same through a connection that one has already. */
  async listBy(client: ImapFlow, mailbox: MailboxRef): Promise<ImapFolderListing> {
    const read = (): Promise<ImapFolderListing> =>
      listFolders(client, mailbox, this.#pathIds, { onlySubscribed: this.#onlySubscribed });
    let listing = await read();
    if (this.#makeMissing && (await makeMissingFolders(client, listing))) listing = await read();
    this.#cache.set(mailbox.user, listing);
    return listing;
  }

  /** A folder as it was not long ago, or is now; undefined when there is none of that id. */
  async find(mailbox: MailboxRef, id: string): Promise<ImapFolder | undefined> {
    const known = this.#cache.get(mailbox.user)?.byId.get(id);
    return known ?? (await this.list(mailbox)).byId.get(id);
  }

  /** Works in a folder; see {@link ImapConnections.inFolder}. */
  async inFolder<T>(
    mailbox: MailboxRef,
    id: string,
    work: (client: ImapFlow, opened: MailboxObject, folder: ImapFolder) => Promise<T>,
    options: ImapFolderWorkOptions = {},
  ): Promise<FolderWork<T>> {
    const known = this.#cache.get(mailbox.user)?.byId.get(id);
    if (known !== undefined) {
      const result = await this.#workIn(mailbox, known, work, options, true);
      if (result.kind !== "folder-missing") return result;
    }
    // It was renamed or removed by somebody else, perhaps with another in its place.
    const present = (await this.list(mailbox)).byId.get(id);
    if (present === undefined) return { kind: "folder-missing" };
    return await this.#workIn(mailbox, present, work, options, false);
  }

  async addFolder(
    mailbox: MailboxRef,
    { parentId, name, kind }: FolderWish,
  ): Promise<{ readonly kind: "created"; readonly id: string } | AddFolderRefusal> {
    if (kind !== "user-mail") return { kind: "invalid", reason: `an IMAP server has no ${kind}` };
    return await this.#connections.use(mailbox, async (client) => {
      const place = placeOf(await this.listBy(client, mailbox), parentId, name);
      if (place.kind !== "place") return place;
      try {
        const made = await client.mailboxCreate(place.path);
        if (made.created === false) return { kind: "name-taken" };
      } catch (error) {
        return refusalOf(error);
      }
      const { folders } = await this.listBy(client, mailbox);
      this.#changed(mailbox);
      const folder = folders.find(({ path }) => path === place.path);
      return folder === undefined
        ? { kind: "invalid", reason: "the server made the folder elsewhere" }
        : { kind: "created", id: folder.id };
    });
  }

  async updateFolder(
    mailbox: MailboxRef,
    id: string,
    to: { readonly parentId: string | null; readonly name: string },
  ): Promise<{ readonly kind: "updated" } | UpdateFolderRefusal> {
    return await this.#connections.use(mailbox, async (client) => {
      const listing = await this.listBy(client, mailbox);
      const folder = listing.byId.get(id);
      if (folder === undefined) return { kind: "not-found" };
      if (folder.kind !== "user-mail") return { kind: "forbidden" };
      if (folder.parentId === to.parentId && folder.name === to.name) return { kind: "updated" };
      const place = placeOf(listing, to.parentId, to.name);
      if (place.kind !== "place") return asUpdateRefusal(place);
      if (place.path.startsWith(`${folder.path}${folder.delimiter}`)) {
        return { kind: "invalid", reason: "a folder cannot be moved below itself" };
      }
      try {
        await this.#rename(client, mailbox, listing, folder, place.path);
      } catch (error) {
        return asUpdateRefusal(refusalOf(error));
      }
      return { kind: "updated" };
    });
  }

  async removeFolder(
    mailbox: MailboxRef,
    id: string,
  ): Promise<{ readonly kind: "deleted" } | RemoveFolderRefusal> {
    return await this.#connections.use(mailbox, async (client) => {
      const listing = await this.listBy(client, mailbox);
      const folder = listing.byId.get(id);
      if (folder === undefined) return { kind: "not-found" };
      const doomed = [...below(listing, folder), folder];
      if (doomed.some(({ kind }) => kind !== "user-mail")) return { kind: "forbidden" };
      for (const { path, selectable } of doomed) {
        try {
          await client.mailboxUnsubscribe(path);
          await client.mailboxDelete(path);
        } catch (error) {
          if (!isAnswered(error)) throw error;
          // What only had others below it is often gone with the last of them.
          if (selectable) return { kind: "forbidden" };
        }
      }
      await this.listBy(client, mailbox);
      this.#changed(mailbox);
      return { kind: "deleted" };
    });
  }

  /** Hears of each change of a folder tree that was made here. Returns how to stop. */
  onTreeChange(tell: (user: string) => void): () => void {
    this.#onChange.add(tell);
    return () => this.#onChange.delete(tell);
  }

  async #workIn<T>(
    mailbox: MailboxRef,
    folder: ImapFolder,
    work: (client: ImapFlow, opened: MailboxObject, folder: ImapFolder) => Promise<T>,
    options: ImapFolderWorkOptions,
    mayBeAnother: boolean,
  ): Promise<FolderWork<T>> {
    if (!folder.selectable) return { kind: "not-selectable" };
    const { uidValidity } = folder;
    const result = await this.#connections.inFolder<ImapFolderWork<T>>(
      mailbox,
      folder.path,
      async (client, opened) => {
        const isAnother = uidValidity !== undefined && opened.uidValidity !== uidValidity;
        if (mayBeAnother && isAnother) return { kind: "folder-missing" };
        return { kind: "done", value: await work(client, opened, folder) };
      },
      options,
    );
    return result.kind === "done" ? result.value : result;
  }

  async #rename(
    client: ImapFlow,
    mailbox: MailboxRef,
    listing: ImapFolderListing,
    folder: ImapFolder,
    path: string,
  ): Promise<void> {
    const moved = [folder, ...below(listing, folder)];
    const ids = new Map(moved.map((each) => [`${path}${each.path.slice(folder.path.length)}`, each.id]));
    await client.mailboxRename(folder.path, path);
    const kept = listing.folders.filter((each) => !moved.includes(each)).map((each) => each.path);
    const withPathIds = new Map([...ids].filter(([, id]) => id.startsWith("p")));
    if (withPathIds.size > 0) {
      await this.#pathIds.renamed(mailbox, withPathIds, [...kept, ...ids.keys()]);
    }
    for (const { path: former } of moved) await client.mailboxUnsubscribe(former);
    for (const [present] of ids) await client.mailboxSubscribe(present);
    await this.listBy(client, mailbox);
    this.#changed(mailbox);
  }

  #changed({ user }: MailboxRef): void {
    for (const tell of this.#onChange) tell(user);
  }
}

function asUpdateRefusal(refusal: AddFolderRefusal): UpdateFolderRefusal {
  if (refusal.kind === "too-many-folders" || refusal.kind === "quota-exceeded") {
    return { kind: "invalid", reason: refusal.kind };
  }
  return refusal;
}
