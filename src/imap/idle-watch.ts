import createDebug from "debug";
import type { ImapFlow, MailboxObject } from "imapflow";
import type { Clock, ClockTimer } from "../clock.js";
import type { RunningWatch } from "./change-source-line.js";
import type { ResolvedSourceOptions } from "./change-source-options.js";
import { type FolderStatus, readFolderStatus, readStatus } from "./change-source-status.js";
import type { WatchEvents } from "./change-source-user.js";
import { isAnswered } from "./imap-connections-failure.js";
import { INBOX_ID } from "./imap-folders-ids.js";
import type { ImapFolder } from "./imap-folders-listing.js";

/** A folder's state as it was told when it was selected. */
function statusOf({ uidValidity, uidNext, exists, highestModseq }: MailboxObject): FolderStatus {
  const state = { uidValidity: String(uidValidity), uidNext: String(uidNext), messages: String(exists) };
  return highestModseq === undefined ? state : { ...state, highestModseq: String(highestModseq) };
}

const log = createDebug("direct-push:imap");

/**
 * One folder watched with IDLE (RFC 2177): the inbox, or another when the inbox is not watched. The others are asked about by STATUS from time to time through the
 * same connection, and so is the folder tree.
 */
export class IdleWatch implements RunningWatch {
  /** What is known is as old as the last look. */
  readonly isComplete = false;
  readonly #client: ImapFlow;
  readonly #clock: Clock;
  readonly #options: ResolvedSourceOptions;
  readonly #events: WatchEvents;
  #folders: readonly ImapFolder[] = [];
  /** The folder that IDLE watches. */
  #watched: ImapFolder | undefined;
  #canIdle: boolean;
  #timer: ClockTimer | undefined;
  #treeAtMs: number;
  #hasStopped = false;
  /** One thing at a time goes through the connection. */
  #turn: Promise<void> = Promise.resolve();

  constructor(client: ImapFlow, events: WatchEvents, clock: Clock, options: ResolvedSourceOptions) {
    this.#client = client;
    this.#events = events;
    this.#clock = clock;
    this.#options = options;
    this.#canIdle = options.mode !== "poll" && client.capabilities.has("IDLE");
    this.#treeAtMs = clock.monotonicNow() + options.treePollMs;
    for (const event of ["exists", "expunge", "flags"] as const) {
      client.on(event, () => {
        if (this.#watched !== undefined && client.mailbox !== false) events.touched(this.#watched.listedAs);
      });
    }
  }

  stop(): void {
    this.#hasStopped = true;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
  }

  /** Watches these folders from now on. Resolves when each was looked at. */
  watchFolders(folders: readonly ImapFolder[]): Promise<void> {
    const isSame =
      folders.length === this.#folders.length && folders.every((folder) => this.#folders.includes(folder));
    if (isSame && this.#timer !== undefined) return this.#turn;
    const added = folders.filter((folder) => !this.#folders.includes(folder));
    this.#folders = folders;
    return this.#next(() => this.#look(added, true));
  }

  /** Does something when everything before it is over, then goes back to IDLE. */
  #next(work: () => Promise<void>): Promise<void> {
    const next = this.#turn.then(async () => {
      if (this.#hasStopped) return;
      try {
        // Ends IDLE, which commands of our own would wait behind; where the server refused IDLE, it is what tells of the selected folder.
        if (this.#watched !== undefined) await this.#client.noop();
        await work();
        await this.#select();
        this.#idle();
      } catch (error) {
        // The line notices, and opens another.
        this.#client.close();
        throw error;
      }
    });
    this.#turn = next.catch((error: unknown) => log("watch: %O", error));
    return next;
  }

  #idle(): void {
    const { pollMs, keepAliveMs } = this.#options;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    if (this.#watched !== undefined && this.#canIdle) {
      this.#client.idle().then(
        (ended) => ended === false && this.#refused(),
        (error: unknown) => log("IDLE: %O", error),
      );
    }
    const isAlone = this.#folders.length <= 1 && this.#watched !== undefined && this.#canIdle;
    const againMs = Math.min(keepAliveMs, isAlone ? this.#treeAtMs - this.#clock.monotonicNow() : pollMs);
    this.#timer = this.#clock.setTimer(
      () => {
        this.#next(() => this.#look(this.#folders, false)).catch(() => {});
      },
      Math.max(againMs, 0),
    );
  }

  /** The server will not IDLE after all: the folder stays selected, and is asked about like the others. */
  #refused(): void {
    if (this.#hasStopped || !this.#client.usable) return;
    log("IDLE is refused");
    this.#canIdle = false;
    this.#idle();
  }

  /** Asks about folders, and about the tree when it is time. */
  async #look(folders: readonly ImapFolder[], isFirst: boolean): Promise<void> {
    for (const folder of folders) {
      // The server tells of it by itself, and does not like to be asked about what is selected.
      if (folder.listedAs === this.#watched?.listedAs) continue;
      const isThere = await readFolderStatus(this.#client, folder, (response) => {
        const told = readStatus(response);
        if (told !== undefined) this.#events.status(...told, isFirst);
      });
      if (!isThere) this.#events.treeTouched();
    }
    if (this.#clock.monotonicNow() < this.#treeAtMs) return;
    this.#treeAtMs = this.#clock.monotonicNow() + this.#options.treePollMs;
    await this.#events.readTree(this.#client);
  }

  async #select(): Promise<void> {
    const inbox = this.#folders.find(({ id }) => id === INBOX_ID);
    const wanted = inbox ?? this.#folders.find(({ selectable }) => selectable);
    if (!this.#canIdle || wanted === undefined || wanted.listedAs === this.#watched?.listedAs) return;
    this.#watched = undefined;
    try {
      await this.#client.mailboxOpen(wanted.path, { readOnly: true });
    } catch (error) {
      if (!isAnswered(error)) throw error;
      this.#events.treeTouched();
      return;
    }
    this.#watched = wanted;
    // Between the look and the selection something may have come; what is selected tells its state.
    const { mailbox } = this.#client;
    if (mailbox !== false) this.#events.status(wanted.listedAs, statusOf(mailbox), true);
  }
}
