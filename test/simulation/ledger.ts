import { must } from "./violation.js";

/** What was promised about items: one that was stored is there until someone removes it, and one that was removed never comes back. */
export class Ledger {
  /** What was promised and not kept. */
  fault: string | undefined;
  readonly #stored = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #doomed = new Set<string>();
  readonly #titles = new Map<string, string>();
  readonly #titleOf = new Map<string, string>();
  readonly #destroyed = new Set<string>();
  readonly #binned = new Map<string, string>();
  readonly #meanwhile = new Set<string>();
  readonly #replacedBy = new Map<string, string>();
  /** By title, the process that has set it. */
  readonly #setBy = new Map<string, number | undefined>();

  /** A phone was told that its new item is stored. */
  stored(user: string, folder: string, id: string): void {
    this.#stored.add(place(user, folder, id));
  }

  /** Somebody wants the item gone; whether the server has heard of it is not known. */
  doomed(user: string, folder: string, id: string): void {
    this.#doomed.add(place(user, folder, id));
  }

  /** The item is gone, or a phone was told so. */
  removed(user: string, folder: string, id: string): void {
    this.#removed.add(place(user, folder, id));
  }

  /** Whether the item is known to be gone. */
  isRemoved(user: string, folder: string, id: string): boolean {
    return this.#removed.has(place(user, folder, id));
  }

  /** An item lies elsewhere, under another id. */
  moved(user: string, from: { folder: string; id: string }, to: { folder: string; id: string }): void {
    const title = this.#titleOf.get(place(user, from.folder, from.id));
    if (title !== undefined) this.#titleOf.set(place(user, to.folder, to.id), title);
  }

  /** The item is gone for good, or whoever asked for it may have been heard. */
  destroyed(user: string, folder: string, id: string): void {
    const title = this.#titleOf.get(place(user, folder, id));
    if (title !== undefined) this.#destroyed.add(title);
  }

  /** A phone was told that the item is with the deleted ones. */
  binned(user: string, folder: string, id: string): void {
    const item = place(user, folder, id);
    const title = this.#titleOf.get(item);
    if (title !== undefined) this.#binned.set(title, item);
  }

  /** The folder is gone, and everything that is in it. */
  folderRemoved(user: string, folder: string): void {
    const beginning = place(user, folder, "");
    for (const item of this.#stored) if (item.startsWith(beginning)) this.#stored.delete(item);
    for (const [item, title] of this.#titleOf) if (item.startsWith(beginning)) this.#destroyed.add(title);
  }

  /**
   * An item has another title now.
   *
   * @param by the process that has set it for a phone; undefined for other hands. That another has set it before may have been forgotten
   *   as it died.
   */
  retitled(user: string, folder: string, id: string, title: string, by?: number): void {
    const item = place(user, folder, id);
    const before = this.#titleOf.get(item);
    const isBack = before !== title && by !== undefined && this.#setBy.get(title) === by;
    // It happens inside of the process, which would take what is thrown for an outage.
    if (isBack) this.fault ??= `${item}: "${title}" was replaced by "${before}", and is back`;
    this.#setBy.set(title, by);
    if (before !== undefined && before !== title) this.#replacedBy.set(title, before);
    this.#titleOf.set(item, title);
  }

  /** The title was set while the server was at work: it may have been sent as part of an older version. */
  setMeanwhile(title: string): void {
    this.#meanwhile.add(title);
  }

  wasSetMeanwhile(title: string): boolean {
    return this.#meanwhile.has(title);
  }

  /** The title that this one took the place of. */
  replacedBy(title: string): string | undefined {
    return this.#replacedBy.get(title);
  }

  /** Begins to look through the whole of a user's mailbox. */
  audit(user: string): Audit {
    this.#titles.clear();
    const present = new Set<string>();
    return {
      sees: (folder, id, title) => {
        const item = place(user, folder, id);
        present.add(item);
        must(!this.#removed.has(item), () => `${item} "${title}" was removed, and is back`);
        const twin = this.#titles.get(title);
        must(twin === undefined, () => `${twin} and ${item} are the same "${title}"`);
        this.#titles.set(title, item);
      },
      ends: () => {
        const beginning = place(user, "", "");
        for (const item of this.#stored) {
          if (!item.startsWith(beginning) || present.has(item)) continue;
          must(
            this.#removed.has(item) || this.#doomed.has(item),
            () => `${item} was stored, and is lost without anybody having removed it`,
          );
        }
        for (const [title, item] of this.#binned) {
          if (!item.startsWith(beginning)) continue;
          const isThere = this.#titles.has(title) || this.#destroyed.has(title);
          must(
            isThere,
            () => `${item} "${title}" is not with the deleted ones, and nobody removed it for good`,
          );
        }
      },
    };
  }
}

/** One look through a mailbox. */
export interface Audit {
  /** An item that is there. */
  sees(folder: string, id: string, title: string): void;
  /** There is no other. */
  ends(): void;
}

function place(user: string, folder: string, id: string): string {
  return folder === "" ? `${user} ` : `${user} ${folder} ${id}`;
}
