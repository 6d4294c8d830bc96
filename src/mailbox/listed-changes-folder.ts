import { boundedCall } from "../bounded-call.js";
import type { Clock, ClockTimer } from "../clock.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { FolderJournal, type JournalItem } from "./folder-journal.js";
import type { ItemFlags } from "./mailbox.js";

/** One line of a folder's listing. Of the same meaning as in an `ItemChange`. */
export interface ListedItem {
  readonly id: string;
  readonly version: string;
  readonly flags?: ItemFlags;
  readonly dateMs?: number;
  readonly complete?: boolean;
}

/** Lists a folder; undefined when there is no such folder. */
export type ListFolder = (mailbox: MailboxRef, folder: string) => Promise<readonly ListedItem[] | undefined>;

/** What the folders of one {@link ListedFolder} set share. */
export interface ListingTerms {
  readonly list: ListFolder;
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly freshMs: number;
  readonly timeoutMs: number;
  readonly maxRemoved: number;
  /** Hears how many more items (or fewer, below 0) of a folder are remembered. */
  resized(listed: ListedFolder, difference: number): void;
}

/** One folder of one user: what the listings so far told of it, and who wants to hear of changes. */
export class ListedFolder {
  readonly #terms: ListingTerms;
  readonly #folder: string;
  readonly #watches = new Map<(folder: string) => void, MailboxRef>();
  #journal: FolderJournal<JournalItem> | undefined;
  #listedAtMs = Number.NEGATIVE_INFINITY;
  #isListed = false;
  #isForgotten = false;
  #listing: Promise<void> | undefined;
  #nextListing: Promise<void> | undefined;
  #timer: ClockTimer | undefined;

  constructor(terms: ListingTerms, folder: string) {
    this.#terms = terms;
    this.#folder = folder;
  }

  /** Whether somebody watches. */
  get isWatched(): boolean {
    return this.#watches.size > 0;
  }

  /** What is known by now; undefined when the folder does not exist, or was never listed. */
  get known(): FolderJournal<JournalItem> | undefined {
    return this.#journal;
  }

  /** Nobody will ask it any more; what is under way ends. Returns how many items it remembered. */
  forget(): number {
    this.#isForgotten = true;
    return this.#journal?.size ?? 0;
  }

  /** What is in the folder, no older than `freshMs`; undefined when it does not exist. */
  async fresh(mailbox: MailboxRef): Promise<FolderJournal<JournalItem> | undefined> {
    const ageMs = this.#terms.clock.monotonicNow() - this.#listedAtMs;
    if (ageMs >= this.#terms.freshMs) await this.#refresh(mailbox);
    return this.#journal;
  }

  /** What was listed is out of date; whoever watches wants to know now. */
  async changed(): Promise<void> {
    this.#listedAtMs = Number.NEGATIVE_INFINITY;
    const watcher = this.#watcher();
    if (watcher !== undefined) await this.#refresh(watcher);
  }

  /** Begins to look regularly. */
  async watch(mailbox: MailboxRef, onChange: (folder: string) => void): Promise<() => void> {
    // The first look has nothing to compare with: it must be over before there can be news.
    if (!this.#isListed) await this.#refresh(mailbox);
    // Two watches may have the same callback.
    const watch = (folder: string): void => onChange(folder);
    this.#watches.set(watch, mailbox);
    this.#lookLater();
    return () => {
      this.#watches.delete(watch);
      if (this.isWatched || this.#timer === undefined) return;
      this.#terms.clock.clearTimer(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Of those who watch, the one that came last: its login is the least likely to have expired. */
  #watcher(): MailboxRef | undefined {
    return [...this.#watches.values()].at(-1);
  }

  #lookLater(): void {
    this.#timer ??= this.#terms.clock.setTimer(() => void this.#look(), this.#terms.intervalMs);
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    const watcher = this.#watcher();
    if (watcher === undefined) return;
    try {
      await this.#refresh(watcher);
    } catch {
      // A mail server that is away is found out by those who ask for a marker; the next look may find it back.
    }
    if (this.isWatched) this.#lookLater();
  }

  /** Lists the folder after this call and not before; callers that come while a listing runs share the one after it. */
  #refresh(mailbox: MailboxRef): Promise<void> {
    if (this.#listing === undefined) {
      this.#listing = this.#list(mailbox).finally(() => {
        this.#listing = undefined;
      });
      return this.#listing;
    }
    this.#nextListing ??= this.#listing
      .catch(() => undefined)
      .then(() => {
        this.#nextListing = undefined;
        return this.#refresh(mailbox);
      });
    return this.#nextListing;
  }

  async #list(mailbox: MailboxRef): Promise<void> {
    const { list, timeoutMs, clock } = this.#terms;
    const startedAtMs = clock.monotonicNow();
    const items = await boundedCall(() => list(mailbox, this.#folder), timeoutMs, "Listing a folder", clock);
    this.#listedAtMs = startedAtMs;
    const before = { marker: this.#journal?.marker, size: this.#journal?.size ?? 0 };
    this.#journal = items === undefined ? undefined : this.#compare(items);
    if (!this.#isForgotten) this.#terms.resized(this, (this.#journal?.size ?? 0) - before.size);
    const isNews = this.#isListed && before.marker !== this.#journal?.marker;
    this.#isListed = true;
    if (isNews) for (const tell of [...this.#watches.keys()]) if (this.#watches.has(tell)) tell(this.#folder);
  }

  #compare(items: readonly ListedItem[]): FolderJournal<JournalItem> {
    const journal = this.#journal ?? new FolderJournal({ maxRemoved: this.#terms.maxRemoved });
    const listed = new Set<string>();
    for (const item of items) {
      listed.add(item.id);
      const known = journal.get(item.id);
      if (known === undefined || !isSame(known, item)) journal.put({ ...item });
    }
    const gone: string[] = [];
    for (const { id } of journal.items()) if (!listed.has(id)) gone.push(id);
    for (const id of gone) journal.remove(id);
    return journal;
  }
}

function isSame(known: JournalItem, item: ListedItem): boolean {
  return (
    known.version === item.version &&
    known.dateMs === item.dateMs &&
    known.complete === item.complete &&
    known.flags?.read === item.flags?.read &&
    known.flags?.followUp === item.flags?.followUp &&
    known.flags?.categories === item.flags?.categories
  );
}
