import type { MailboxFolder } from "../../src/index.js";
import type { MemoryMailbox } from "../../src/testing/index.js";
import { type Content, contentOf, contentTitled, invitationOf, itemOf, type SimulatedClass } from "./form.js";
import type { Ledger } from "./ledger.js";
import { isInvitation } from "./meeting-answers.js";
import type { StoredMeeting } from "./meeting-audience.js";
import type { Random } from "./random.js";
import type { ItemPlace } from "./server-process.js";
import { must } from "./violation.js";

/** An item as the mailbox has it. */
export interface TrueItem {
  readonly id: string;
  readonly content: Content;
  readonly dateMs: number | undefined;
}

const everything = { bodies: [], withBody: true } as const;
const maxUserFolders = 3;

/** The folders that phones sync, by kind. */
const classOfKind: Readonly<Record<string, SimulatedClass>> = {
  inbox: "Email",
  deleted: "Email",
  "user-mail": "Email",
  calendar: "Calendar",
  contacts: "Contacts",
  tasks: "Tasks",
};

/** What happens to the mailbox by other hands than the phones', all of it in no time, and what is true of it. */
export class MailSide {
  readonly #mailbox: MemoryMailbox;
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #now: () => number;
  readonly #treeChanges = new Map<string, number>();
  readonly #folders = new Map<string, readonly MailboxFolder[]>();
  /** How often anything was changed by anyone. */
  changes = 0;
  /** What is done now is done while the server is at work. */
  isMeanwhile = false;
  #titles = 0;

  constructor(mailbox: MemoryMailbox, random: Random, ledger: Ledger, now: () => number) {
    this.#mailbox = mailbox;
    this.#random = random;
    this.#ledger = ledger;
    this.#now = now;
  }

  /** A title that no other item has. */
  title(): string {
    return `t${++this.#titles}`;
  }

  /** A date around now, on both sides of the windows' ends. */
  date(): number {
    return this.#now() - this.#random.between(-2, 20 * 24) * 3_600_000;
  }

  /** How often the user's folder tree was changed. */
  treeChanges(user: string): number {
    return this.#treeChanges.get(user) ?? 0;
  }

  /** The folders that phones sync. */
  async folders(user: string): Promise<readonly MailboxFolder[]> {
    const folders = (await this.#mailbox.folders({ user })).filter(
      ({ kind }) => classOfKind[kind] !== undefined,
    );
    this.#folders.set(user, folders);
    return folders;
  }

  /** The same as they were found last, without a wait. */
  foldersFound(user: string): readonly MailboxFolder[] {
    return this.#folders.get(user) ?? [];
  }

  /** All items of a folder. */
  async items(user: string, folder: string): Promise<TrueItem[]> {
    const items: TrueItem[] = [];
    for (const [id, { dateMs }] of this.#mailbox.snapshot(user, folder)) {
      const item = await this.#mailbox.item({ user }, folder, id, everything);
      if (item !== undefined) items.push({ id, content: contentOf(item), dateMs });
    }
    return items;
  }

  /** All appointments of a folder, whole. */
  async meetings(user: string, folder: string): Promise<StoredMeeting[]> {
    const found: StoredMeeting[] = [];
    for (const id of this.#mailbox.snapshot(user, folder).keys()) {
      const item = await this.#mailbox.item({ user }, folder, id, everything);
      if (item?.class === "Calendar") found.push({ id, item });
    }
    return found;
  }

  /** Somebody invites the user to a meeting. */
  invite(user: string): void {
    this.changes++;
    const title = `i${this.title()}`;
    const organizer = user === "alice" ? "bob@example.com" : "alice@example.com";
    const item = invitationOf(title, organizer, this.date(), this.date());
    this.#ledger.retitled(user, "inbox", this.#mailbox.addItem(user, "inbox", item), title);
  }

  /** Compares the whole mailbox with what was promised. */
  async audit(user: string): Promise<void> {
    const audit = this.#ledger.audit(user);
    for (const folder of await this.folders(user)) {
      for (const { id, content } of await this.items(user, folder.id)) {
        // An appointment is called like the mail that invited to it.
        const isAppointment = folder.kind === "calendar" && isInvitation(content.title);
        audit.sees(folder.id, id, isAppointment ? `appointment ${content.title}` : content.title);
      }
    }
    audit.ends();
  }

  /** Does something to a folder; most often small folders grow and large ones shrink. */
  meddle(user: string, { id: folder, kind }: MailboxFolder, folders: readonly MailboxFolder[]): void {
    this.changes++;
    const itemClass = classOfKind[kind] ?? "Email";
    const ids = [...this.#mailbox.snapshot(user, folder).keys()];
    // Often the same few items, so that several hands are at one of them.
    const victim = this.#random.chance(0.3) ? ids[0] : this.#random.pick(ids);
    const mayAdd = kind !== "deleted" && this.#random.chance(ids.length < 12 ? 0.6 : 0.25);
    if (victim === undefined || mayAdd) this.#add(user, folder, itemClass);
    else if (itemClass === "Email" && this.#random.chance(0.2)) this.#move(user, folder, victim, folders);
    else if (this.#random.chance(ids.length > 20 ? 0.7 : 0.3)) {
      this.#remove(user, folder, victim);
    } else this.#alter(user, folder, itemClass, victim);
  }

  /** Somebody else is at an item at the same time. */
  alter({ user, folder, id }: ItemPlace): void {
    const kind = this.foldersFound(user).find((one) => one.id === folder)?.kind;
    const itemClass = kind === undefined ? undefined : classOfKind[kind];
    if (itemClass === undefined || !this.#mailbox.snapshot(user, folder).has(id)) return;
    this.changes++;
    this.#alter(user, folder, itemClass, id);
  }

  /** Somebody removes an item. */
  remove({ user, folder, id }: ItemPlace): void {
    if (this.#mailbox.snapshot(user, folder).has(id)) this.#remove(user, folder, id);
  }

  /** Somebody removes the item that was made last. */
  removeLast(user: string, folder: string): void {
    const id = [...this.#mailbox.snapshot(user, folder).keys()].at(-1);
    if (id !== undefined) this.#remove(user, folder, id);
  }

  /** Makes, renames or removes a folder. */
  changeTree(user: string, folders: readonly MailboxFolder[]): void {
    this.changes++;
    const own = folders.filter(({ kind }) => kind === "user-mail");
    const victim = this.#random.pick(own);
    this.#treeChanges.set(user, this.treeChanges(user) + 1);
    if (victim === undefined || (own.length < maxUserFolders && this.#random.chance(0.4))) {
      this.#mailbox.createFolder(user, { name: this.title() });
    } else if (this.#random.chance(0.5)) this.#mailbox.changeFolder(user, victim.id, { name: this.title() });
    else {
      this.#mailbox.deleteFolder(user, victim.id);
      this.#ledger.folderRemoved(user, victim.id);
      this.#folders.set(
        user,
        folders.filter(({ id }) => id !== victim.id),
      );
    }
  }

  /** A phone's user has made, renamed or removed a folder. */
  treeWritten(user: string, removed: string | undefined): void {
    this.changes++;
    this.#treeChanges.set(user, this.treeChanges(user) + 1);
    if (removed === undefined) return;
    this.#ledger.folderRemoved(user, removed);
    this.#folders.set(
      user,
      this.foldersFound(user).filter(({ id }) => id !== removed),
    );
  }

  /** A mail has come in. */
  delivered(user: string, folder: string, id: string, title: string): void {
    this.changes++;
    this.#ledger.retitled(user, folder, id, title);
  }

  #add(user: string, folder: string, itemClass: SimulatedClass): void {
    const title = this.title();
    const item = itemOf(itemClass, contentTitled(title), this.date());
    this.#ledger.retitled(user, folder, this.#mailbox.addItem(user, folder, item), title);
  }

  #move(user: string, folder: string, id: string, folders: readonly MailboxFolder[]): void {
    const mailFolders = folders.filter((one) => classOfKind[one.kind] === "Email" && one.id !== folder);
    const target = this.#random.pick(mailFolders);
    must(target !== undefined, () => "there is one mail folder alone");
    const movedId = this.#mailbox.moveItem(user, folder, id, target.id);
    this.#ledger.moved(user, { folder, id }, { folder: target.id, id: movedId });
    this.#ledger.removed(user, folder, id);
  }

  #remove(user: string, folder: string, id: string): void {
    this.changes++;
    this.#ledger.destroyed(user, folder, id);
    this.#mailbox.removeItem(user, folder, id);
    this.#ledger.removed(user, folder, id);
  }

  #alter(user: string, folder: string, itemClass: SimulatedClass, id: string): void {
    if (itemClass === "Email") {
      const flags = this.#mailbox.snapshot(user, folder).get(id)?.flags;
      const flagged = this.#random.chance(0.3);
      const update = flagged ? { categories: [this.title()] } : { read: flags?.read !== true };
      this.#mailbox.updateItem(user, folder, id, { kind: "email-flags", ...update });
      return;
    }
    const title = this.title();
    const item = itemOf(itemClass, contentTitled(title), this.date());
    this.#mailbox.updateItem(user, folder, id, { kind: "replace", item });
    this.#ledger.retitled(user, folder, id, title);
    if (this.isMeanwhile) this.#ledger.setMeanwhile(title);
  }
}
