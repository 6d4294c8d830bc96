import type { Clock, ClockTimer } from "../clock.js";

/** Folders that are remembered one by one; of more than that, all mailboxes count as changed. */
const maxFolders = 50_000;
const retryMs = 1_000;

/** What {@link UntoldChanges} work with. */
export interface UntoldChangesOptions {
  readonly clock: Clock;
  /** Tells the others that a folder changed. */
  readonly tell: (user: string, folder: string) => Promise<void>;
  /** Tells the others that any folder may have changed. */
  readonly tellAll: () => Promise<void>;
}

/**
 * Changes that could not be told to the other processes, because this one could not reach them. The others do not know that they missed
 * something, so it is told until it is heard.
 */
export class UntoldChanges {
  readonly #options: UntoldChangesOptions;
  readonly #folders = new Map<string, Set<string>>();
  #count = 0;
  #isAll = false;
  #isTelling = false;
  #timer: ClockTimer | undefined;

  constructor(options: UntoldChangesOptions) {
    this.#options = options;
  }

  /** How many folders are remembered. */
  get size(): number {
    return this.#count;
  }

  /** Remembers a change, and tells it a little later. */
  add(user: string, folder: string): void {
    this.#remember(user, folder);
    this.#schedule();
  }

  /** Tells what is remembered, now. */
  async tellNow(): Promise<void> {
    if (this.#isTelling) return;
    this.#cancel();
    this.#isTelling = true;
    const folders = [...this.#folders].flatMap(([user, ids]) => [...ids].map((id) => [user, id] as const));
    const isAll = this.#isAll;
    this.#forgetAll();
    const told = isAll
      ? [this.#options.tellAll().catch(() => this.#overflow())]
      : folders.map(([user, id]) => this.#options.tell(user, id).catch(() => this.#remember(user, id)));
    await Promise.all(told);
    this.#isTelling = false;
    if (this.#isAll || this.#count > 0) this.#schedule();
  }

  /** Forgets everything. */
  close(): void {
    this.#cancel();
    this.#forgetAll();
  }

  #remember(user: string, folder: string): void {
    if (this.#isAll) return;
    const folders = this.#folders.get(user) ?? new Set();
    this.#folders.set(user, folders);
    if (folders.has(folder)) return;
    folders.add(folder);
    this.#count += 1;
    if (this.#count > maxFolders) this.#overflow();
  }

  #overflow(): void {
    this.#forgetAll();
    this.#isAll = true;
  }

  #forgetAll(): void {
    this.#folders.clear();
    this.#count = 0;
    this.#isAll = false;
  }

  #schedule(): void {
    this.#timer ??= this.#options.clock.setTimer(() => void this.tellNow(), retryMs);
  }

  #cancel(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
