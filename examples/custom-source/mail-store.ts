import { EventEmitter } from "node:events";

/** A mail as this store keeps it. */
export interface StoredMail {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly receivedMs: number;
  readonly marks: Marks;
}

/** What may change about a mail. */
export interface Marks {
  readonly read: boolean;
  /** Any text, for programs that want to remember something about a mail; empty at first. */
  readonly followUp: string;
  readonly categories: string;
}

/** What a store is given of a mail. */
export type NewMail = Omit<StoredMail, "id" | "marks"> & { readonly marks?: Marks };

/** Stands for the mail server that you have: it knows nothing of phones, and says `changed` with a user and a folder when a folder changes. */
export class MailStore extends EventEmitter<{ changed: [user: string, folder: string] }> {
  readonly #folders = new Map<string, Map<string, StoredMail>>();
  readonly #sequences = new Map<string, number>();
  #lastId = 0;

  /** The mails of a folder, in the order in which they came. */
  list(user: string, folder: string): readonly StoredMail[] {
    return [...this.#folder(user, folder).values()];
  }

  /** One mail, if it is there. */
  get(user: string, folder: string, id: string): StoredMail | undefined {
    return this.#folder(user, folder).get(id);
  }

  /** How often a folder has changed. */
  sequence(user: string, folder: string): number {
    return this.#sequences.get(`${user}/${folder}`) ?? 0;
  }

  /** Adds a mail. */
  add(user: string, folder: string, mail: NewMail): StoredMail {
    this.#lastId += 1;
    const marks = { read: false, followUp: "", categories: "" };
    const stored = { marks, ...mail, id: `m${this.#lastId}` };
    this.#folder(user, folder).set(stored.id, stored);
    this.#changed(user, folder);
    return stored;
  }

  /** Marks a mail; returns it as it is then, if it is there. */
  mark(user: string, folder: string, id: string, marks: Partial<Marks>): StoredMail | undefined {
    const mail = this.get(user, folder, id);
    if (mail === undefined) return undefined;
    const marked = { ...mail, marks: { ...mail.marks, ...marks } };
    this.#folder(user, folder).set(id, marked);
    this.#changed(user, folder);
    return marked;
  }

  /** Removes a mail for good; returns it if it was there. */
  remove(user: string, folder: string, id: string): StoredMail | undefined {
    const mail = this.get(user, folder, id);
    if (mail === undefined) return undefined;
    this.#folder(user, folder).delete(id);
    this.#changed(user, folder);
    return mail;
  }

  #folder(user: string, folder: string): Map<string, StoredMail> {
    const key = `${user}/${folder}`;
    const known = this.#folders.get(key) ?? new Map<string, StoredMail>();
    this.#folders.set(key, known);
    return known;
  }

  #changed(user: string, folder: string): void {
    this.#sequences.set(`${user}/${folder}`, this.sequence(user, folder) + 1);
    this.emit("changed", user, folder);
  }
}
