import { type Clock, systemClock } from "../clock.js";
import { HIERARCHY, type MailboxChangeSource, type MailboxRef } from "../push/mailbox-change-source.js";
import type { MailboxFolder } from "./folder.js";
import { itemState } from "./folder-journal.js";
import {
  ListedFolder,
  type ListedItem,
  type ListFolder,
  type ListingTerms,
} from "./listed-changes-folder.js";
import type { Mailbox } from "./mailbox.js";

/** What {@link changesFromListing} needs and may be told. */
export interface ListingOptions {
  /** Lists a folder; undefined when there is no such folder. */
  readonly list: ListFolder;
  /** Lists the folders, as `Mailbox.folders` does. Without it no change of the folder tree is noticed before the next FolderSync. */
  readonly folders?: (mailbox: MailboxRef) => Promise<readonly MailboxFolder[]>;
  /** How often a watched folder is listed, in milliseconds, above 0: how late a push may come. Default 30,000. */
  readonly intervalMs?: number;
  /**
   * How old a listing may be to answer from, in milliseconds. Default 0: each question lists anew. More saves listings; then call
   * {@link ListedChanges.changed} after each write, or devices may be told that what they just sent is gone, and then that it is back.
   */
  readonly freshMs?: number;
  /** Longest wait for one listing, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** How many folders (of all users) are remembered; what is watched is remembered in any case. Default 10,000. */
  readonly maxFolders?: number;
  /** How many items are remembered, in all folders together; what is watched, and the folder that was asked for last, are remembered in any case. Default: no limit. */
  readonly maxItems?: number;
  /** How many removed items are remembered for each folder. Default 10,000. */
  readonly maxRemoved?: number;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** The parts of a {@link Mailbox} and the {@link MailboxChangeSource} that {@link changesFromListing} makes. */
export interface ListedChanges
  extends Pick<Mailbox, "changes" | "itemsDated" | "itemVersion">,
    MailboxChangeSource {
  /** Says that a folder (or the tree: {@link HIERARCHY}) has changed: its watches hear of it at once and not at the next look. */
  changed(mailbox: MailboxRef, folder: string): Promise<void>;
}

const continued = "+";

/**
 * Makes changes of listings, for a back end that can only say which ids and versions a folder has. The functions may be spread into
 * an object: `{ ...changesFromListing({ list }), folders, item, create, ... }`.
 *
 * What it costs: a listing for each marker, for each first page of changes and of items by date (pages that go on are answered from memory), for
 * each item version, and for each watched folder every `intervalMs`. Comparing takes time and about 300 bytes for each item
 * of the folder. Nothing outlives the process: after a restart each cursor has expired, and each device's folders are compared as a whole.
 *
 * A listing that fails rejects the call it was made for. One that fails for a watch is tried again at the next look.
 */
export function changesFromListing(options: ListingOptions): ListedChanges {
  const known = new KnownFolders(options);
  const nothing = { items: [], cursor: "", more: false };
  return {
    async changes(mailbox, folder, query) {
      const listed = known.folder(mailbox, folder);
      const isContinued = query.cursor?.endsWith(continued) === true;
      const cursor = isContinued ? query.cursor?.slice(0, -continued.length) : query.cursor;
      const journal = (isContinued ? listed.known : undefined) ?? (await listed.fresh(mailbox));
      const page = journal?.changes({ ...query, cursor });
      if (page === undefined) return { kind: "folder-gone" };
      return page.kind === "page" && page.more ? { ...page, cursor: page.cursor + continued } : page;
    },
    async itemsDated(mailbox, folder, query) {
      const listed = known.folder(mailbox, folder);
      const isContinued = query.cursor !== undefined;
      const journal = (isContinued ? listed.known : undefined) ?? (await listed.fresh(mailbox));
      return journal?.dated(query) ?? nothing;
    },
    async itemVersion(mailbox, folder, id) {
      const item = (await known.folder(mailbox, folder).fresh(mailbox))?.get(id);
      return item === undefined ? undefined : itemState(item);
    },
    async marker(mailbox, folder) {
      const journal = await known.folder(mailbox, folder).fresh(mailbox);
      return journal?.marker ?? "gone";
    },
    watch: (mailbox, folders, onChange) => known.watch(mailbox, folders, onChange),
    changed: (mailbox, folder) => known.folder(mailbox, folder).changed(),
  };
}

/** The folders that were asked for last, of all users. */
class KnownFolders {
  readonly #folders = new Map<string, ListedFolder>();
  readonly #terms: ListingTerms;
  readonly #maxFolders: number;
  readonly #maxItems: number;
  #items = 0;

  constructor(options: ListingOptions) {
    this.#maxFolders = options.maxFolders ?? 10_000;
    this.#maxItems = options.maxItems ?? Number.POSITIVE_INFINITY;
    this.#terms = {
      list: (mailbox, folder) =>
        folder === HIERARCHY ? listTree(options, mailbox) : options.list(mailbox, folder),
      clock: options.clock ?? systemClock,
      intervalMs: options.intervalMs ?? 30_000,
      freshMs: options.freshMs ?? 0,
      timeoutMs: options.timeoutMs ?? 30_000,
      maxRemoved: options.maxRemoved ?? 10_000,
      resized: (listed, difference) => {
        this.#items += difference;
        this.#forget(listed);
      },
    };
  }

  folder(mailbox: MailboxRef, folder: string): ListedFolder {
    const key = JSON.stringify([mailbox.user, folder]);
    const listed = this.#folders.get(key) ?? new ListedFolder(this.#terms, folder);
    // Back to the end: what was asked for last is forgotten last.
    this.#folders.delete(key);
    this.#folders.set(key, listed);
    this.#forget(listed);
    return listed;
  }

  async watch(
    mailbox: MailboxRef,
    folders: readonly string[],
    onChange: (folder: string) => void,
  ): Promise<() => void> {
    const begun = await Promise.allSettled(
      folders.map((folder) => this.folder(mailbox, folder).watch(mailbox, onChange)),
    );
    const stop = (): void => {
      for (const one of begun) if (one.status === "fulfilled") one.value();
    };
    const failed = begun.find((one) => one.status === "rejected");
    if (failed === undefined) return stop;
    stop();
    throw failed.reason;
  }

  #forget(except: ListedFolder): void {
    // Watched ones go to the end: no call looks at more than a few of them.
    let looks = 0;
    for (const [key, listed] of this.#folders) {
      looks += 1;
      const isRoom = this.#folders.size <= this.#maxFolders && this.#items <= this.#maxItems;
      if (isRoom || looks > 8) return;
      this.#folders.delete(key);
      if (listed.isWatched || listed === except) this.#folders.set(key, listed);
      else this.#items -= listed.forget();
    }
  }
}

async function listTree(options: ListingOptions, mailbox: MailboxRef): Promise<readonly ListedItem[]> {
  const folders = (await options.folders?.(mailbox)) ?? [];
  return folders.map(({ id, parentId, name, kind }) => ({
    id,
    version: JSON.stringify([parentId, name, kind]),
  }));
}
