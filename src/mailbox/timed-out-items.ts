/** Time-outs in a row after which an item is held to be broken. */
const maxTimeouts = 3;
/** Items that are remembered; there are few of them, or all of them time out. */
const maxItems = 1_000;

/** Counts the items that time out again and again, so that one which never loads is told from a mailbox that is slow for a while. */
export class TimedOutItems {
  readonly #timeouts = new Map<string, number>();

  /** Notes a time-out. Returns whether the item has now timed out too often. */
  note(user: string, folder: string, id: string): boolean {
    const key = JSON.stringify([user, folder, id]);
    const timeouts = (this.#timeouts.get(key) ?? 0) + 1;
    this.#timeouts.delete(key);
    this.#timeouts.set(key, timeouts);
    const [oldest] = this.#timeouts.keys();
    if (this.#timeouts.size > maxItems && oldest !== undefined) this.#timeouts.delete(oldest);
    return timeouts >= maxTimeouts;
  }

  /** The item loaded. */
  loaded(user: string, folder: string, id: string): void {
    if (this.#timeouts.size > 0) this.#timeouts.delete(JSON.stringify([user, folder, id]));
  }
}
