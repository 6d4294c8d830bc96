import { DirectPushError } from "../errors.js";
import type { ItemClass } from "../mailbox/folder.js";
import type { ItemChange } from "../mailbox/mailbox.js";
import type { CollectionPosition } from "../state/collection-record.js";
import { concurrentMap } from "../state/concurrent-map.js";
import { relisted } from "./filter-window.js";
import { isOnDevice } from "./known-version.js";
import type { KnownView } from "./known-view.js";
import type { SyncContext } from "./sync-context.js";

/** Some items that may have to be sent, and the position once they are dealt with. */
export interface WalkPage {
  readonly kind: "page";
  readonly changes: readonly ItemChange[];
  readonly next: CollectionPosition;
  /** Whether the page ends the part of the walk that reads the mailbox's change list. */
  readonly endsChanges: boolean;
}

/** One step of a {@link ChangeWalk}. */
export type WalkStep =
  | WalkPage
  /** Nothing is left: as {@link ChangeWalk.isAtEnd}. */
  | { readonly kind: "end" }
  | { readonly kind: "folder-gone" };

/** What is walked through. */
export interface WalkedCollection {
  readonly context: SyncContext;
  readonly collectionId: string;
  readonly itemClass: ItemClass;
  /** What the device has, for the sweep after an expired cursor. */
  readonly known: KnownView;
}

const maxConcurrentCalls = 8;

/**
 * Goes through everything in a folder that may differ from what a device has: items to be rechecked, the mailbox's change list, dates that the
 * filter window moved over, and after an expired cursor the known items that are gone. A page is taken with {@link accept}, or read
 * again with another limit.
 */
export class ChangeWalk {
  readonly #collection: WalkedCollection;
  #position: CollectionPosition;
  #changesRead = false;
  /** Items of the bucket being swept that were found gone by accepted pages. */
  readonly #swept = new Set<string>();

  constructor(collection: WalkedCollection, position: CollectionPosition) {
    this.#collection = collection;
    this.#position = position;
  }

  /** Where the accepted pages have led to. */
  get position(): CollectionPosition {
    return this.#position;
  }

  /** Whether the accepted pages were all: the device has the folder as the mailbox has it. */
  get isAtEnd(): boolean {
    const { recheck = [], ranges = [], sweepBucket } = this.#position;
    return this.#changesRead && recheck.length + ranges.length === 0 && sweepBucket === undefined;
  }

  /** The next page, of at most `limit` changes (at least 1). Throws what the mailbox throws. */
  async page(limit: number): Promise<WalkStep> {
    const { cursor, recheck = [], ranges = [], sweepBucket } = this.#position;
    // A listing tells nothing of items that are gone before it begins: they are looked at after its first page.
    if (recheck.length > 0 && cursor !== undefined) return this.#recheckPage(recheck, limit);
    if (!this.#changesRead) return this.#changesPage(limit);
    if (ranges.length > 0) return this.#datedPage(limit);
    if (sweepBucket !== undefined) return this.#sweepPage(sweepBucket, limit);
    return { kind: "end" };
  }

  /** Takes a page as dealt with. */
  accept(page: WalkPage): void {
    if (page.next.sweepBucket !== this.#position.sweepBucket) this.#swept.clear();
    else if (this.#position.sweepBucket !== undefined) for (const { id } of page.changes) this.#swept.add(id);
    this.#position = page.next;
    if (page.endsChanges) this.#changesRead = true;
  }

  async #recheckPage(recheck: readonly string[], limit: number): Promise<WalkStep> {
    const { context, collectionId } = this.#collection;
    const changes = await concurrentMap(
      recheck.slice(0, limit),
      maxConcurrentCalls,
      async (id): Promise<ItemChange> => {
        const version = await context.mailbox.itemVersion(context.mailboxRef, collectionId, id);
        return version === undefined ? { kind: "gone", id } : { kind: "present", id, ...version };
      },
    );
    const { recheck: done, ...rest } = this.#position;
    const left = recheck.slice(limit);
    const next = left.length === 0 ? rest : { ...rest, recheck: left };
    return { kind: "page", changes, next, endsChanges: false };
  }

  async #changesPage(limit: number): Promise<WalkStep> {
    const { context, collectionId, itemClass } = this.#collection;
    const { cursor, cutoffMs } = this.#position;
    // A mail's date never changes. That of an appointment does: a change that takes it out of the window must be told.
    const sinceMs = itemClass === "Email" ? cutoffMs : undefined;
    const answer = await context.mailbox.changes(context.mailboxRef, collectionId, {
      cursor,
      sinceMs,
      limit,
    });
    if (answer.kind === "folder-gone") return answer;
    if (answer.kind === "cursor-expired") {
      if (cursor === undefined) {
        throw new DirectPushError("ERR_MAILBOX_UNAVAILABLE", `the mailbox cannot list ${collectionId}`);
      }
      this.#position = relisted(this.#position);
      return this.#changesPage(limit);
    }
    const { listing, ...rest } = this.#position;
    const next: CollectionPosition = {
      ...rest,
      cursor: answer.cursor,
      ...(answer.more && (listing === true || cursor === undefined) ? { listing: true } : undefined),
    };
    return { kind: "page", changes: answer.changes, next, endsChanges: !answer.more };
  }

  async #datedPage(limit: number): Promise<WalkStep> {
    const { context, collectionId } = this.#collection;
    const { ranges = [], ...rest } = this.#position;
    const [range, ...others] = ranges;
    if (range === undefined) return { kind: "end" };
    const { fromMs, beforeMs, cursor } = range;
    const page = await context.mailbox.itemsDated(context.mailboxRef, collectionId, {
      fromMs,
      beforeMs,
      cursor,
      limit,
    });
    const left = page.more ? [{ ...range, cursor: page.cursor }, ...others] : others;
    const next = left.length === 0 ? rest : { ...rest, ranges: left };
    return { kind: "page", changes: page.items, next, endsChanges: false };
  }

  async #sweepPage(bucket: number, limit: number): Promise<WalkStep> {
    const { known } = this.#collection;
    const ids = (await known.idsToSweep(bucket)).filter((id) => !this.#swept.has(id));
    const changes: ItemChange[] = [];
    let at = 0;
    for (; at < ids.length && changes.length < limit; at += maxConcurrentCalls) {
      const some = ids.slice(at, at + maxConcurrentCalls);
      const gone = await concurrentMap(some, maxConcurrentCalls, (id) => this.#isGone(id));
      changes.push(...some.filter((_, index) => gone[index]).map((id) => ({ kind: "gone", id }) as const));
    }
    if (at < ids.length || changes.length > limit) {
      // The rest of the bucket is looked at again.
      return { kind: "page", changes: changes.slice(0, limit), next: this.#position, endsChanges: false };
    }
    const { sweepBucket, ...rest } = this.#position;
    const next = bucket + 1 < known.buckets ? { ...rest, sweepBucket: bucket + 1 } : rest;
    return { kind: "page", changes, next, endsChanges: false };
  }

  async #isGone(id: string): Promise<boolean> {
    const { context, collectionId, known } = this.#collection;
    if (!isOnDevice(await known.get(id))) return false;
    return (await context.mailbox.itemVersion(context.mailboxRef, collectionId, id)) === undefined;
  }
}
