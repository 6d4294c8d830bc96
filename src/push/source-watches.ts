import { boundedCall } from "../bounded-call.js";
import type { Clock } from "../clock.js";
import type { SourceCall } from "./coordinator-observer.js";
import type { HoldFolder } from "./hold.js";
import type { MailboxChangeSource, MailboxRef, OnChange } from "./mailbox-change-source.js";
import type { WaitingHold } from "./waiting-hold.js";

/** Times the longest wait for one call: a question is several calls, and the bound on the whole must not hide which of them was silent. */
const QUESTION_CALLS = 1.5;

/** What {@link SourceWatches} work with. */
export interface SourceWatchesOptions {
  readonly source: MailboxChangeSource;
  readonly clock: Clock;
  readonly callTimeoutMs: number;
  readonly sourceFailed: (error: unknown, call: SourceCall) => void;
}

/** The watches and markers of an integrator's change source, each call bounded in time. */
export class SourceWatches {
  readonly #options: SourceWatchesOptions;

  constructor(options: SourceWatchesOptions) {
    this.#options = options;
  }

  /** Opens the watch of a hold; one that opens after the hold has ended is stopped at once. */
  open(hold: WaitingHold, onChange: OnChange): Promise<void> {
    return this.#bounded("MailboxChangeSource.watch", () => this.#open(hold, onChange));
  }

  /** Stops a hold's watch if it is open; one that opens later is stopped then. */
  stop(hold: WaitingHold): void {
    const { stopWatch } = hold;
    hold.stopWatch = undefined;
    if (stopWatch !== undefined) this.#stopSafely(stopWatch);
  }

  /** The present markers of folders, in their order. */
  markers(mailbox: MailboxRef, folders: readonly HoldFolder[]): Promise<string[]> {
    return this.#bounded("MailboxChangeSource.marker", () =>
      Promise.all(folders.map(({ folder }) => this.marker(mailbox, folder))),
    );
  }

  /** The present marker of a folder, not bounded by itself. */
  async marker(mailbox: MailboxRef, folder: string): Promise<string> {
    return this.#options.source.marker(mailbox, folder);
  }

  /** Asks a hold something, whose calls are bounded each, and ends in time all the same. */
  question(what: string, call: () => Promise<void>): Promise<void> {
    const { callTimeoutMs, clock } = this.#options;
    return boundedCall(call, callTimeoutMs * QUESTION_CALLS, what, clock);
  }

  #bounded<T>(what: string, call: () => Promise<T>): Promise<T> {
    return boundedCall(call, this.#options.callTimeoutMs, what, this.#options.clock);
  }

  async #open(hold: WaitingHold, onChange: OnChange): Promise<void> {
    const { mailbox, folders } = hold.request;
    const ids = folders.map(({ folder }) => folder);
    const stopWatch = await this.#options.source.watch(mailbox, ids, onChange);
    if (hold.hasEnded) this.#stopSafely(stopWatch);
    else hold.stopWatch = stopWatch;
  }

  #stopSafely(stopWatch: () => void): void {
    try {
      const stopped: unknown = stopWatch();
      // An async function is a legal stop function, and its rejection must not end the process.
      if (stopped instanceof Promise) stopped.catch((error: unknown) => this.#stopFailed(error));
    } catch (error) {
      this.#stopFailed(error);
    }
  }

  #stopFailed(error: unknown): void {
    this.#options.sourceFailed(error, "stop");
  }
}
