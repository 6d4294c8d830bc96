import createDebug from "debug";
import type { ImapFlow } from "imapflow";
import type { ClockTimer } from "../clock.js";
import { DirectPushError } from "../errors.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import type { ImapConnections } from "./imap-connections.js";
import { backOffMs } from "./imap-connections-back-off.js";
import { isUsable } from "./imap-connections-lease.js";

const log = createDebug("direct-push:imap");

/** After a login that was refused: the next one comes with the next request, or with a token that is fresh. */
const REFUSED_WAIT_MS = 60_000;

/** What a connection watches, while it is up. */
export interface RunningWatch {
  /** Ends its timers; the connection is closed by who opened it. */
  stop(): void;
}

/** What a {@link WatchLine} works with. */
export interface WatchLineOptions<Watch extends RunningWatch> {
  readonly connections: ImapConnections;
  readonly mailbox: () => MailboxRef;
  readonly keepAliveMs: number;
  readonly reconnectSpreadMs: number;
  /** Begins to watch through a new connection. */
  readonly start: (client: ImapFlow) => Promise<Watch>;
  /** The server refuses the login: nothing is watched any more, and who waits is to find out. */
  readonly refused: () => void;
}

/** A connection that is kept up: when it is lost it is opened again, later with each failure, and soon when the server is known to be back. */
export class WatchLine<Watch extends RunningWatch> {
  readonly #options: WatchLineOptions<Watch>;
  readonly #stopListening: () => void;
  #client: ImapFlow | undefined;
  #watch: Watch | undefined;
  #connecting: Promise<void> | undefined;
  #timer: ClockTimer | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(options: WatchLineOptions<Watch>) {
    this.#options = options;
    this.#stopListening = options.connections.onReachable(() => this.#hurry());
  }

  /** Undefined while the connection is down. */
  get watch(): Watch | undefined {
    return this.#client !== undefined && isUsable(this.#client) ? this.#watch : undefined;
  }

  /**
   * Resolves when the connection is up.
   *
   * @throws DirectPushError when it cannot be opened, or was lost and is not due to be opened again yet.
   */
  async open(): Promise<void> {
    if (this.watch !== undefined) return;
    if (this.#timer !== undefined) {
      throw new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "The connection that watches the mailbox is lost");
    }
    await this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#clearTimer();
    this.#watch?.stop();
    const client = this.#client;
    this.#watch = undefined;
    this.#client = undefined;
    client?.logout().catch(() => client.close());
  }

  #connect(): Promise<void> {
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #open(): Promise<void> {
    const { connections, mailbox, keepAliveMs, start } = this.#options;
    const { silenceMs } = connections.options;
    let client: ImapFlow | undefined;
    try {
      client = await connections.dial(mailbox(), { socketTimeout: keepAliveMs + silenceMs });
      const watch = await start(client);
      if (this.#isClosed || !isUsable(client)) {
        watch.stop();
        throw new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "The connection was lost at once");
      }
      client.once("close", () => this.#lost(watch));
      this.#client = client;
      this.#watch = watch;
      this.#failures = 0;
      this.#clearTimer();
    } catch (error) {
      client?.close();
      this.#failed(error);
      throw error;
    }
  }

  #failed(error: unknown): void {
    if (error instanceof DirectPushError && error.code === "ERR_LOGIN_REFUSED") {
      this.#options.refused();
      this.#again(REFUSED_WAIT_MS);
    } else this.#later();
  }

  #lost(watch: Watch): void {
    if (this.#watch !== watch) return;
    log("the connection that watches %s is lost", this.#options.mailbox().user);
    watch.stop();
    this.#watch = undefined;
    this.#client = undefined;
    this.#later();
  }

  #later(): void {
    const { connections } = this.#options;
    const { longestBackOffMs, random } = connections.options;
    this.#failures += 1;
    const ownMs = backOffMs(this.#failures, longestBackOffMs, random);
    this.#again(Math.max(ownMs, connections.awayMs));
  }

  /** The server is back: all watches that were lost with it are opened again, not all at once. */
  #hurry(): void {
    if (this.#timer === undefined) return;
    this.#again(this.#options.connections.options.random() * this.#options.reconnectSpreadMs);
  }

  #again(afterMs: number): void {
    if (this.#isClosed) return;
    this.#clearTimer();
    this.#timer = this.#options.connections.options.clock.setTimer(() => {
      this.#timer = undefined;
      this.#connect().catch((error: unknown) => log("no watch: %O", error));
    }, afterMs);
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#options.connections.options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
