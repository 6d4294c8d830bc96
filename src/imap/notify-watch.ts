import createDebug from "debug";
import type { ImapFlow } from "imapflow";
import type { Clock, ClockTimer } from "../clock.js";
import type { RunningWatch } from "./change-source-line.js";
import { readFolderStatus, readStatus } from "./change-source-status.js";
import type { WatchEvents } from "./change-source-user.js";
import {
  atom,
  onResponseCode,
  onUntagged,
  runCommand,
  textOf,
  type Untagged,
} from "./imap-connections-command.js";
import { isAnswered } from "./imap-connections-failure.js";
import type { ImapFolder } from "./imap-folders-listing.js";

/** A server that cannot keep up is asked for everything once in this time at most. */
const ASK_ANEW_MS = 5_000;

const log = createDebug("direct-push:imap");

/**
 * Every folder of a mailbox, watched by one connection with NOTIFY (RFC 5465): the server tells the STATUS of each folder once, and from then on
 * whenever it changes. No folder is selected, so that the inbox is told of like any other.
 */
export class NotifyWatch implements RunningWatch {
  /** What the server told is all that there is to know. */
  readonly isComplete = true;
  readonly #client: ImapFlow;
  readonly #clock: Clock;
  readonly #keepAliveMs: number;
  readonly #events: WatchEvents;
  #folders: readonly ImapFolder[] = [];
  #timer: ClockTimer | undefined;
  #askingTimer: ClockTimer | undefined;
  #askedAnewAtMs = Number.NEGATIVE_INFINITY;
  #hasStopped = false;

  private constructor(client: ImapFlow, events: WatchEvents, clock: Clock, keepAliveMs: number) {
    this.#client = client;
    this.#events = events;
    this.#clock = clock;
    this.#keepAliveMs = keepAliveMs;
  }

  /** Begins; undefined when the server will not after all. */
  static async start(
    client: ImapFlow,
    events: WatchEvents,
    clock: Clock,
    keepAliveMs: number,
  ): Promise<NotifyWatch | undefined> {
    const watch = new NotifyWatch(client, events, clock, keepAliveMs);
    onUntagged(client, "STATUS", (response) => watch.#told(response, false));
    onUntagged(client, "LIST", () => events.treeTouched());
    try {
      await watch.#ask(true);
    } catch (error) {
      if (!isAnswered(error)) throw error;
      log("NOTIFY is refused: %O", error);
      onUntagged(client, "STATUS", () => {});
      return undefined;
    }
    onResponseCode(client, "NOTIFICATIONOVERFLOW", () => watch.#askAnew());
    onUntagged(client, "NO", ({ attributes = [] }) => {
      // Dovecot's words for events that it lost.
      if (attributes.some((part) => textOf(part).includes("NOTIFY"))) watch.#askAnew();
    });
    watch.#keepAlive();
    return watch;
  }

  stop(): void {
    this.#hasStopped = true;
    for (const timer of [this.#timer, this.#askingTimer])
      if (timer !== undefined) this.#clock.clearTimer(timer);
  }

  /**
   * NOTIFY tells of every folder. These are looked at once more now, since a server may miss what comes while it begins to watch, and from time to
   * time.
   */
  async watchFolders(folders: readonly ImapFolder[]): Promise<void> {
    const names = new Set(this.#folders.map(({ listedAs }) => listedAs));
    this.#folders = folders;
    await this.#look(
      folders.filter(({ listedAs }) => !names.has(listedAs)),
      true,
    );
  }

  #told(response: Untagged, isFirst: boolean): void {
    const told = readStatus(response);
    if (told !== undefined) this.#events.status(...told, isFirst);
  }

  async #ask(isFirst: boolean): Promise<void> {
    const kinds = ["MessageNew", "MessageExpunge", "FlagChange", "MailboxName", "SubscriptionChange"];
    const wanted = [atom("personal"), kinds.map(atom)];
    await runCommand(this.#client, "NOTIFY", [atom("SET"), atom("STATUS"), wanted], {
      STATUS: async (response) => this.#told(response, isFirst),
    });
  }

  /** The server has stopped to tell, or lost something: it is to tell the STATUS of every folder once more, at once if it was not asked just now. */
  #askAnew(): void {
    const waitMs = this.#askedAnewAtMs + ASK_ANEW_MS - this.#clock.monotonicNow();
    this.#askingTimer ??= this.#clock.setTimer(
      () => {
        this.#askingTimer = undefined;
        this.#askedAnewAtMs = this.#clock.monotonicNow();
        this.#events.treeTouched();
        this.#ask(false).catch((error: unknown) => {
          log("NOTIFY failed: %O", error);
          this.#client.close();
        });
      },
      Math.max(0, waitMs),
    );
  }

  /**
   * Uses the connection from time to time, for what it is good for: a server may have told less than it promised, as Dovecot does
   * on a machine that lets it watch no more files.
   */
  #keepAlive(): void {
    this.#timer = this.#clock.setTimer(() => {
      this.#lookAgain().then(
        () => this.#hasStopped || this.#keepAlive(),
        () => this.#client.close(),
      );
    }, this.#keepAliveMs);
  }

  async #lookAgain(): Promise<void> {
    await this.#client.noop();
    await this.#look(this.#folders, false);
  }

  async #look(folders: readonly ImapFolder[], isFirst: boolean): Promise<void> {
    const told = (response: Untagged): void => this.#told(response, isFirst);
    for (const folder of folders) await readFolderStatus(this.#client, folder, told);
  }
}
