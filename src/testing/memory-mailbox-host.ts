import type { Clock } from "../clock.js";
import type { MailboxFolder } from "../mailbox/folder.js";
import type { MailboxItem } from "../mailbox/items/item.js";
import type { ItemUpdate, ItemVersion } from "../mailbox/mailbox.js";
import type { NewFolder } from "./memory-folders.js";
import type { RawMessage } from "./memory-item.js";
import { MemorySettings } from "./memory-settings.js";
import { type MemoryMailboxRun, MemoryUser } from "./memory-user.js";

/** How a mail is delivered to a {@link MemoryMailbox}. */
export interface Delivery {
  /** Default "inbox". */
  readonly folder?: string;
  /** When it arrived, in milliseconds since the epoch. Default: now. */
  readonly receivedMs?: number;
  /** Default false. */
  readonly read?: boolean;
}

/** What of an item a device can know, and its date. */
export type ItemSummary = ItemVersion & { readonly dateMs?: number };

/** The server's side of a {@link MemoryMailbox}: what happens to mailboxes while devices look on. All calls answer at once and throw where they cannot. */
export abstract class MemoryMailboxHost extends MemorySettings {
  readonly #users = new Map<string, MemoryUser>();
  readonly #poisoned = new Set<string>();
  readonly #clock: Clock;
  readonly #run: MemoryMailboxRun;

  constructor(clock: Clock, epoch: string) {
    super();
    this.#clock = clock;
    let numbers = 0;
    this.#run = { epoch, next: () => ++numbers, monotonicNow: () => clock.monotonicNow() };
  }

  /** Watches that were begun and not stopped, of all users. */
  get openWatches(): number {
    let open = 0;
    for (const user of this.#users.values()) open += user.watches.open;
    return open;
  }

  /**
   * Puts a mail into a folder. If it cancels a meeting of the user's calendar, or answers one, the calendar follows soon after.
   *
   * @param raw the message (RFC 5322); bytes are kept, not copied.
   * @returns the item's id.
   */
  deliver(user: string, raw: Uint8Array | string, delivery: Delivery = {}): string {
    const { id, message } = this.#deliver(user, raw, delivery);
    void this.followMeeting(user, message);
    return id;
  }

  /**
   * Puts a mail into the inbox, and lets the calendar follow it if it is about a meeting.
   *
   * @internal
   */
  protected async deliverAndFollow(user: string, raw: Uint8Array): Promise<void> {
    await this.followMeeting(user, this.#deliver(user, raw, {}).message);
  }

  /**
   * Lets the calendar follow a mail that arrived. Never rejects.
   *
   * @internal
   */
  protected abstract followMeeting(user: string, message: RawMessage): Promise<void> | undefined;

  #deliver(
    user: string,
    raw: Uint8Array | string,
    delivery: Delivery,
  ): { readonly id: string; readonly message: RawMessage } {
    const bytes = typeof raw === "string" ? new TextEncoder().encode(raw) : raw;
    const { folder = "inbox", receivedMs = this.#clock.now(), read = false } = delivery;
    const name = this.#attachmentsName();
    const message = { class: "Email", raw: bytes, name, dateReceivedMs: receivedMs, read } as const;
    return { id: done(this.user(user).deliver(folder, message), "created").id, message };
  }

  /** Puts an item into a folder; returns its id. */
  addItem(user: string, folder: string, item: MailboxItem): string {
    return done(this.user(user).create(folder, item), "created").id;
  }

  /** Changes an item. */
  updateItem(user: string, folder: string, id: string, update: ItemUpdate): void {
    done(this.user(user).update(folder, id, update), "updated");
  }

  /** Marks a mail read or unread. */
  setRead(user: string, folder: string, id: string, read = true): void {
    this.updateItem(user, folder, id, { kind: "email-flags", read });
  }

  /** Removes an item for good. */
  removeItem(user: string, folder: string, id: string): void {
    done(this.user(user).delete(folder, id), "deleted");
  }

  /** Moves an item; returns its id in the other folder. */
  moveItem(user: string, folder: string, id: string, toFolder: string): string {
    return done(this.user(user).move(folder, id, toFolder), "moved").id;
  }

  /** Makes a folder. */
  createFolder(user: string, folder: NewFolder): MailboxFolder {
    return this.user(user).createFolder(folder);
  }

  /** Renames a folder, moves it below another, or both. */
  changeFolder(
    user: string,
    id: string,
    to: { readonly name?: string; readonly parentId?: string | null },
  ): MailboxFolder {
    return this.user(user).changeFolder(id, to);
  }

  /** Removes a folder with what is in it and below it. */
  deleteFolder(user: string, id: string): void {
    this.user(user).deleteFolder(id);
  }

  /** What is in a folder at present, by id. */
  snapshot(user: string, folder: string): ReadonlyMap<string, ItemSummary> {
    const items = new Map<string, ItemSummary>();
    for (const item of this.user(user).journal(folder)?.items() ?? []) {
      items.set(item.id, {
        version: item.version,
        ...(item.flags === undefined ? undefined : { flags: item.flags }),
        ...(item.dateMs === undefined ? undefined : { dateMs: item.dateMs }),
      });
    }
    return items;
  }

  /** Makes all cursors of a folder worthless, as a restored backup would. */
  expireCursors(user: string, folder: string): void {
    this.user(user).journal(folder)?.expireCursors();
  }

  /** Makes an item unreadable: asking for it rejects. */
  poison(user: string, folder: string, id: string): void {
    this.#poisoned.add(JSON.stringify([user, folder, id]));
  }

  /** Makes a poisoned item readable again. */
  cure(user: string, folder: string, id: string): void {
    this.#poisoned.delete(JSON.stringify([user, folder, id]));
  }

  /**
   * What is kept of a new item: of a mail that comes with its whole message, the message, so that its attachments can be had.
   *
   * @internal
   */
  protected storedContent(item: MailboxItem): MailboxItem | RawMessage {
    const mime = item.class === "Email" ? item.body?.mime : undefined;
    if (item.class !== "Email" || mime === undefined || mime.fullSizeBytes !== undefined) return item;
    const { dateReceivedMs, read, flag, categories, lastVerb } = item;
    return {
      class: "Email",
      raw: mime.data,
      name: this.#attachmentsName(),
      dateReceivedMs,
      read,
      ...(flag !== undefined && { flag }),
      ...(categories !== undefined && { categories }),
      ...(lastVerb !== undefined && { lastVerb }),
    };
  }

  #attachmentsName(): string {
    return `a${this.#run.next()}-${this.#run.epoch}`;
  }

  /**
   * Everyone who was named.
   *
   * @internal
   */
  protected namedUsers(): Iterable<string> {
    return this.#users.keys();
  }

  /**
   * The mailbox of a user; made when it is first asked for.
   *
   * @internal
   */
  protected user(name: string): MemoryUser {
    const known = this.#users.get(name);
    if (known !== undefined) return known;
    const made = new MemoryUser(this.#run);
    this.#users.set(name, made);
    return made;
  }

  /**
   * Throws for an item that {@link poison} was called for.
   *
   * @internal
   */
  protected throwIfPoisoned(user: string, folder: string, id: string): void {
    if (this.#poisoned.size === 0 || !this.#poisoned.has(JSON.stringify([user, folder, id]))) return;
    throw new Error(`Item ${id} is damaged`);
  }
}

function done<R extends { readonly kind: string }, K extends R["kind"]>(
  result: R,
  kind: K,
): Extract<R, { readonly kind: K }> {
  if (result.kind === kind) return result as Extract<R, { readonly kind: K }>;
  throw new Error(`The mailbox answered ${JSON.stringify(result)}`);
}
