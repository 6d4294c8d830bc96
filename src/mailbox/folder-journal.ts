import { randomBytes } from "node:crypto";
import { ChangeLog, type ChangeLogEntry } from "./change-log.js";
import { DateIndex, type DateIndexEntry } from "./date-index.js";
import {
  dateCursor,
  deltaCursor,
  type JournalPosition,
  listingCursor,
  parseDateCursor,
  parseJournalCursor,
} from "./journal-cursor.js";
import type {
  ChangePage,
  ChangeQuery,
  DatedPage,
  DatedQuery,
  ItemChange,
  ItemFlags,
  ItemState,
} from "./mailbox.js";

/** What a {@link FolderJournal} knows of an item. Never changed in place: a changed item is put as another object. */
export interface JournalItem {
  readonly id: string;
  readonly version: string;
  readonly flags?: ItemFlags | undefined;
  readonly dateMs?: number | undefined;
  readonly complete?: boolean | undefined;
}

/** Settings of a {@link FolderJournal}. */
export interface FolderJournalOptions {
  /** Told in each cursor and marker, so that those of another run are not taken for this one's. Random by default. */
  readonly epoch?: string;
  /** How many removed items are remembered; beyond it the oldest are forgotten and old cursors expire. Default 100,000. */
  readonly maxRemoved?: number;
}

interface Slot<I> extends DateIndexEntry, ChangeLogEntry {
  readonly id: string;
  /** Undefined: the item is gone. */
  readonly item: I | undefined;
}

const beforeEverything: JournalPosition = {
  kind: "listing",
  sequence: 0,
  orderMs: Infinity,
  order: Infinity,
};

/** A short random name for one run of a journal. */
export function journalEpoch(): string {
  return randomBytes(6).toString("base64url");
}

/**
 * The items of one folder and the order in which they changed: answers {@link ChangeQuery} and {@link DatedQuery} in time that grows with the
 * answer and not with the folder. Only the last change of an item is kept.
 */
export class FolderJournal<I extends JournalItem> {
  readonly #latest = new Map<string, Slot<I>>();
  readonly #dates = new DateIndex<Slot<I>>();
  readonly #log = new ChangeLog<Slot<I>>();
  #sequence = 0;
  #order = 0;
  #size = 0;
  /** Cursors before this sequence may miss removals that were forgotten. */
  #floor = 0;
  readonly #epoch: string;
  #cursorEpoch: string;
  readonly #maxRemoved: number;

  constructor(options: FolderJournalOptions = {}) {
    this.#epoch = options.epoch ?? journalEpoch();
    this.#cursorEpoch = this.#epoch;
    this.#maxRemoved = options.maxRemoved ?? 100_000;
  }

  /** Items in the folder. */
  get size(): number {
    return this.#size;
  }

  /** Changes with every change of the folder. */
  get marker(): string {
    return `${this.#epoch}.${this.#sequence}`;
  }

  /** The item, or undefined when it is not in the folder. */
  get(id: string): I | undefined {
    return this.#latest.get(id)?.item;
  }

  /** All items, in no particular order. */
  *items(): IterableIterator<I> {
    for (const slot of this.#latest.values()) if (slot.item !== undefined) yield slot.item;
  }

  /** Adds an item, or replaces the one with its id. */
  put(item: I): void {
    const known = this.#latest.get(item.id);
    const orderMs = item.dateMs !== undefined && Number.isFinite(item.dateMs) ? item.dateMs : Infinity;
    const inPlace = known?.item !== undefined && known.orderMs === orderMs;
    const slot = this.#append(item.id, item, orderMs, inPlace ? known.order : ++this.#order);
    if (known?.item === undefined) this.#size += 1;
    if (inPlace) this.#dates.replace(slot);
    else {
      if (known?.item !== undefined) this.#dates.remove(known);
      this.#dates.add(slot);
    }
    if (known !== undefined) this.#log.supersede(known);
  }

  /** Removes an item. Returns false when it was not there. */
  remove(id: string): boolean {
    const known = this.#latest.get(id);
    if (known?.item === undefined) return false;
    this.#append(id, undefined, 0, 0);
    this.#size -= 1;
    this.#dates.remove(known);
    this.#log.supersede(known);
    if (this.#latest.size - this.#size > this.#maxRemoved) this.#forgetRemoved();
    return true;
  }

  /** Makes every cursor given so far worthless. */
  expireCursors(): void {
    this.#cursorEpoch = journalEpoch();
  }

  /** A page of changes; see {@link ChangeQuery}. The first listing is ordered newest first, what follows in the order of the changes. */
  changes(query: ChangeQuery): ChangePage {
    const position =
      query.cursor === undefined
        ? { ...beforeEverything, sequence: this.#sequence }
        : parseJournalCursor(query.cursor, this.#cursorEpoch);
    if (position === undefined || position.sequence < this.#floor || position.sequence > this.#sequence) {
      return { kind: "cursor-expired" };
    }
    const limit = Math.max(1, query.limit);
    return position.kind === "listing"
      ? this.#listing(position, query.sinceMs ?? -Infinity, limit)
      : this.#delta(position.sequence, limit);
  }

  /** A page of items by date, newest first; see {@link DatedQuery}. */
  dated(query: DatedQuery): DatedPage {
    const from = query.fromMs ?? -Infinity;
    const limit = Math.max(1, query.limit);
    const items: Extract<ItemChange, { kind: "present" }>[] = [];
    let cursor = query.cursor ?? "";
    const start = parseDateCursor(cursor) ?? { orderMs: query.beforeMs, order: -Infinity };
    for (const slot of this.#dates.before(start)) {
      if (slot.orderMs < from) break;
      if (slot.orderMs >= query.beforeMs || slot.orderMs === Infinity || slot.item === undefined) continue;
      if (items.length === limit) return { items, cursor, more: true };
      items.push(present(slot.item));
      cursor = dateCursor(slot);
    }
    return { items, cursor, more: false };
  }

  #listing(
    position: Extract<JournalPosition, { kind: "listing" }>,
    sinceMs: number,
    limit: number,
  ): ChangePage {
    const changes: ItemChange[] = [];
    let last: Slot<I> | undefined;
    for (const slot of this.#dates.before(position)) {
      if (slot.orderMs < sinceMs) break;
      // Changed since the listing began: told by the changes that follow it.
      if (slot.sequence > position.sequence || slot.item === undefined) continue;
      if (last !== undefined && changes.length === limit) {
        const cursor = listingCursor(this.#cursorEpoch, position.sequence, last);
        return { kind: "page", changes, cursor, more: true };
      }
      changes.push(present(slot.item));
      last = slot;
    }
    if (changes.length < limit) return this.#delta(position.sequence, limit, changes);
    const cursor = deltaCursor(this.#cursorEpoch, position.sequence);
    return { kind: "page", changes, cursor, more: this.#sequence > position.sequence };
  }

  #delta(sequence: number, limit: number, before: readonly ItemChange[] = []): ChangePage {
    const changes = [...before];
    let reached = sequence;
    for (const slot of this.#log.after(sequence)) {
      if (changes.length === limit) {
        return { kind: "page", changes, cursor: deltaCursor(this.#cursorEpoch, reached), more: true };
      }
      changes.push(slot.item === undefined ? { kind: "gone", id: slot.id } : present(slot.item));
      reached = slot.sequence;
    }
    return { kind: "page", changes, cursor: deltaCursor(this.#cursorEpoch, this.#sequence), more: false };
  }

  #append(id: string, item: I | undefined, orderMs: number, order: number): Slot<I> {
    this.#sequence += 1;
    const slot = { sequence: this.#sequence, id, item, orderMs, order, dead: false, superseded: false };
    this.#log.append(slot);
    this.#latest.set(id, slot);
    return slot;
  }

  #forgetRemoved(): void {
    const excess = this.#latest.size - this.#size - Math.floor(this.#maxRemoved / 2);
    const oldest: Slot<I>[] = [];
    for (const slot of this.#log.after(0)) {
      if (oldest.length === excess) break;
      if (slot.item === undefined) oldest.push(slot);
    }
    for (const slot of oldest) {
      this.#log.supersede(slot);
      this.#latest.delete(slot.id);
      this.#floor = slot.sequence;
    }
  }
}

/** The item as a line of a change list. */
function present(item: JournalItem): Extract<ItemChange, { kind: "present" }> {
  return { kind: "present", id: item.id, ...itemState(item) };
}

/** What a change list tells of an item. */
export function itemState(item: JournalItem): ItemState {
  return {
    version: item.version,
    ...(item.flags === undefined ? undefined : { flags: item.flags }),
    ...(item.dateMs === undefined ? undefined : { dateMs: item.dateMs }),
    ...(item.complete === undefined ? undefined : { complete: item.complete }),
  };
}
