import createDebug from "debug";
import type { Clock, ClockTimer } from "../clock.js";
import type { MailboxChangeSource, OnChange } from "../push/mailbox-change-source.js";
import type { MailboxMessage } from "./mailbox-message.js";
import type { MailboxTopic } from "./mailbox-topic.js";
import type { Relay } from "./relay.js";

const debug = createDebug("direct-push:relay");

/** After what time a watch that could not be taken over is tried again. */
const retryMs = 5_000;

/** What a {@link RelayedMailbox} works with. */
export interface RelayedMailboxOptions {
  readonly topic: MailboxTopic;
  readonly source: MailboxChangeSource;
  readonly relay: Relay;
  readonly clock: Clock;
  /** The source tells of a change. */
  readonly changed: OnChange;
  /** Tells the other processes something; does not fail. */
  readonly send: (message: MailboxMessage) => void;
}

/**
 * One mailbox that several processes hold requests for, in this process: either it watches the source for all, or another process does, or,
 * while the others cannot be reached, it watches for itself.
 */
export class RelayedMailbox {
  readonly #options: RelayedMailboxOptions;
  /** Folders that this process watches at the source, with how to stop; a promise while that begins. */
  readonly #watched = new Map<string, Promise<() => void>>();
  #owner: string | undefined;
  /** What the other process that is the owner is known to watch. */
  readonly #ownersFolders = new Set<string>();
  #isAlone = false;
  #isClosed = false;
  #settling: Promise<void> | undefined;
  #retry: ClockTimer | undefined;

  constructor(options: RelayedMailboxOptions) {
    this.#options = options;
  }

  /** The process that watches the mailbox, as far as this one knows. */
  get owner(): string | undefined {
    return this.#owner;
  }

  /**
   * Sees to it that folders are watched, here or elsewhere. What happens before another process watches them shows when that one says so:
   * the folders are then compared.
   *
   * @throws what the source throws, where this process is to watch.
   */
  async cover(folders: readonly string[]): Promise<void> {
    if (this.#owner === undefined && !this.#isAlone) await this.#lease();
    if (this.#isOwn) await this.#watch(folders, true);
    else this.#want(folders);
  }

  /** Finds out who is to watch the mailbox now, and compares what is held. Never rejects. */
  settle(): Promise<void> {
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = undefined;
    });
    return this.#settling;
  }

  /** The others cannot be reached: watches here, whoever watches there. Never rejects. */
  async watchAlone(): Promise<void> {
    if (this.#isClosed || this.#isOwn) return;
    this.#isAlone = true;
    await this.#watchAll();
  }

  /** What the owner said may be outdated: it is asked again. */
  forgetOwner(): void {
    this.#ownersFolders.clear();
  }

  /** Another process says that it watches folders. */
  watchedBy(from: string, folders: readonly string[]): void {
    const isNews = from !== this.#owner;
    if (isNews) this.#ownersFolders.clear();
    const added = folders.filter((folder) => !this.#ownersFolders.has(folder));
    for (const folder of added) this.#ownersFolders.add(folder);
    this.#options.topic.perhaps(added);
    if (this.#missing([...this.#options.topic.folders]).length === 0) this.#cancelRetry();
    // It may be one that does not know yet that it was taken for gone.
    if (isNews) void this.settle();
  }

  /** Another process holds requests for folders: they are watched for it if that is this process's part. Never rejects. */
  async wanted(folders: readonly string[]): Promise<void> {
    if (this.#owner !== this.#options.relay.id) return;
    await this.#watch(folders, false).catch((error: unknown) => this.#failed(error));
    this.#sayWatching();
  }

  /** Stops and lets the mailbox go. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry();
    this.#stopWatching();
    const { relay, topic, send } = this.#options;
    if (this.#owner !== relay.id) return;
    this.#owner = undefined;
    try {
      await relay.release(leaseName(topic.user));
      send({ kind: "free" });
    } catch (error) {
      debug("%s: not let go: %O", topic.user, error);
    }
  }

  get #isOwn(): boolean {
    return this.#isAlone || this.#owner === this.#options.relay.id;
  }

  async #lease(): Promise<void> {
    const { relay, topic } = this.#options;
    try {
      this.#owner = await relay.lease(leaseName(topic.user));
      this.#isAlone = false;
    } catch (error) {
      debug("%s: watched without the others: %O", topic.user, error);
      this.#isAlone = true;
    }
  }

  async #settle(): Promise<void> {
    const { topic } = this.#options;
    if (this.#isClosed) return;
    const former = this.#owner;
    await this.#lease();
    if (this.#isClosed) return;
    if (this.#isOwn) {
      if (await this.#watchAll()) topic.perhaps();
      return;
    }
    this.#stopWatching();
    if (this.#owner !== former) this.#ownersFolders.clear();
    this.#want([...topic.folders]);
  }

  /** Asks until the owner says that it watches: it may not have heard, may have failed, or may be the owner no more. */
  #want(folders: readonly string[]): void {
    const missing = this.#missing(folders);
    if (missing.length === 0) return;
    this.#options.send({ kind: "wanted", folders: missing });
    this.#tryAgain();
  }

  #missing(folders: readonly string[]): readonly string[] {
    return folders.filter((folder) => !this.#ownersFolders.has(folder));
  }

  /** Watches what is held here. Returns whether anything was not watched before. */
  async #watchAll(): Promise<boolean> {
    const missing = [...this.#options.topic.folders].filter((folder) => !this.#watched.has(folder));
    try {
      await this.#watch(missing, true);
    } catch (error) {
      this.#failed(error);
      return false;
    }
    if (this.#isAlone) this.#options.topic.perhaps(missing);
    return true;
  }

  async #watch(folders: readonly string[], isSaid: boolean): Promise<void> {
    const missing = folders.filter((folder) => !this.#watched.has(folder));
    if (missing.length > 0) this.#open(missing);
    await Promise.all(folders.map((folder) => this.#watched.get(folder)));
    if (isSaid && missing.length > 0 && !this.#isAlone) this.#sayWatching();
  }

  #open(folders: readonly string[]): void {
    const { source, topic, changed } = this.#options;
    const opening = (async () => source.watch(topic.mailbox, folders, changed))();
    for (const folder of folders) this.#watched.set(folder, opening);
    opening.then(
      (stop) => {
        // Taken over by another process, or closed, while it began.
        if (!folders.some((folder) => this.#watched.get(folder) === opening)) stop();
      },
      () => {
        for (const folder of folders) {
          if (this.#watched.get(folder) === opening) this.#watched.delete(folder);
        }
      },
    );
  }

  #sayWatching(): void {
    if (!this.#isClosed) this.#options.send({ kind: "watching", folders: [...this.#watched.keys()] });
  }

  #stopWatching(): void {
    const openings = new Set(this.#watched.values());
    this.#watched.clear();
    for (const opening of openings) {
      opening.then(
        (stop) => stop(),
        () => undefined,
      );
    }
  }

  #failed(error: unknown): void {
    debug("%s: watching failed: %O", this.#options.topic.user, error);
    this.#tryAgain();
  }

  #tryAgain(): void {
    if (this.#isClosed) return;
    this.#retry ??= this.#options.clock.setTimer(() => {
      this.#retry = undefined;
      void this.settle();
    }, retryMs);
  }

  #cancelRetry(): void {
    if (this.#retry !== undefined) this.#options.clock.clearTimer(this.#retry);
    this.#retry = undefined;
  }
}

function leaseName(user: string): string {
  return `watch/${user}`;
}
