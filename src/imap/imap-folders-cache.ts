import type { Clock } from "../clock.js";
import type { ImapFolderListing } from "./imap-folders-listing.js";

const LIFE_MS = 300_000;
const MOST_USERS = 5_000;

/** The folders of users as they were listed last. What is not right any more is found out when a folder is opened. */
export class FolderCache {
  readonly #clock: Clock;
  /** Those that were listed last at the end. */
  readonly #listings = new Map<string, { readonly listing: ImapFolderListing; readonly untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(user: string): ImapFolderListing | undefined {
    const known = this.#listings.get(user);
    return known !== undefined && known.untilMs > this.#clock.monotonicNow() ? known.listing : undefined;
  }

  set(user: string, listing: ImapFolderListing): void {
    this.#listings.delete(user);
    this.#listings.set(user, { listing, untilMs: this.#clock.monotonicNow() + LIFE_MS });
    const [oldest] = this.#listings.keys();
    if (this.#listings.size > MOST_USERS && oldest !== undefined) this.#listings.delete(oldest);
  }
}
