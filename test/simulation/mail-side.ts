import type { Mailbox, MailboxItem } from "../../src/index.js";
import { type Content, contentOf, itemOf, retitled, type SimulatedClass } from "./form.js";
import type { Random } from "./random.js";
import { must } from "./violation.js";

/** An item as the mailbox has it. */
export interface TrueItem {
  readonly id: string;
  readonly content: Content;
  readonly dateMs: number | undefined;
}

const everything = { bodies: [], withBody: true } as const;

/** What happens to the mailbox by other hands than the phones', and what is true of it. */
export class MailSide {
  readonly #mailbox: Mailbox;
  readonly #random: Random;
  readonly #now: () => number;
  #titles = 0;
  #tokens = 0;

  constructor(mailbox: Mailbox, random: Random, now: () => number) {
    this.#mailbox = mailbox;
    this.#random = random;
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

  /** All items of a folder. */
  async items(user: string, folder: string): Promise<TrueItem[]> {
    const page = await this.#mailbox.changes({ user }, folder, {
      cursor: undefined,
      sinceMs: undefined,
      limit: 100_000,
    });
    must(page.kind === "page" && !page.more, () => `${folder} cannot be listed`);
    const items: TrueItem[] = [];
    for (const change of page.changes) {
      if (change.kind !== "present") continue;
      const item = await this.#mailbox.item({ user }, folder, change.id, everything);
      if (item !== undefined) items.push({ id: change.id, content: contentOf(item), dateMs: change.dateMs });
    }
    return items;
  }

  /** Does something to a folder; most often small folders grow and large ones shrink. */
  async meddle(user: string, folder: string, itemClass: SimulatedClass): Promise<void> {
    const items = await this.items(user, folder);
    const victim = this.#random.pick(items);
    if (victim === undefined || this.#random.chance(items.length < 12 ? 0.6 : 0.25)) {
      await this.#create(user, folder, itemClass);
    } else if (this.#random.chance(items.length > 20 ? 0.7 : 0.3)) {
      await this.#mailbox.delete({ user }, folder, victim.id);
    } else await this.#alter(user, folder, itemClass, victim);
  }

  /** Moves an item to another folder of the same class. */
  async move(user: string, folder: string, toFolder: string): Promise<void> {
    const victim = this.#random.pick(await this.items(user, folder));
    if (victim !== undefined) await this.#mailbox.move({ user }, folder, victim.id, toFolder);
  }

  async #create(user: string, folder: string, itemClass: SimulatedClass): Promise<void> {
    const item = itemOf(itemClass, { title: this.title(), read: false }, this.date());
    const made = await this.#mailbox.create({ user }, folder, item, `server-${++this.#tokens}`);
    must(made.kind === "created", () => `a new item of ${folder} was answered ${made.kind}`);
  }

  async #alter(user: string, folder: string, itemClass: SimulatedClass, victim: TrueItem): Promise<void> {
    if (itemClass === "Email") {
      const read = !victim.content.read;
      await this.#mailbox.update({ user }, folder, victim.id, { kind: "email-flags", read }, undefined);
      return;
    }
    const item = await this.#mailbox.item({ user }, folder, victim.id, everything);
    if (item === undefined) return;
    const changed: MailboxItem = retitled(item, this.title());
    await this.#mailbox.update({ user }, folder, victim.id, { kind: "replace", item: changed }, undefined);
  }
}
