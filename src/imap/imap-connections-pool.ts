import type { ImapFlow } from "imapflow";
import type { ClockTimer } from "../clock.js";
import { DirectPushError } from "../errors.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import type { ImapDialer } from "./imap-connections-dialer.js";
import { type ImapLease, isUsable } from "./imap-connections-lease.js";
import type { ResolvedConnectionsOptions } from "./imap-connections-options.js";
import { Patience } from "./imap-connections-patience.js";

/** A connection that nobody works with. */
interface Idle {
  readonly user: string;
  readonly timer: ClockTimer;
}

/** Somebody who waits for a connection. */
interface Waiter {
  readonly user: string;
  /** Gives an idle connection, or undefined: one may be opened, and is counted already. */
  readonly serve: (client: ImapFlow | undefined) => void;
  readonly fail: (error: DirectPushError) => void;
}

/** The connections that work: so many for each user, so many in all, each for one piece of work at a time. Who finds none waits for its turn. */
export class ImapPool {
  readonly #options: ResolvedConnectionsOptions;
  readonly #dialer: ImapDialer;
  /** In the order in which they became idle. */
  readonly #idle = new Map<ImapFlow, Idle>();
  /** Connections of each user that are open or being opened. */
  readonly #counts = new Map<string, number>();
  #count = 0;
  /** First come, first served, but for users who have all that they may have; who has some gets them back before others do who have some. */
  readonly #waiters = new Set<Waiter>();
  readonly #busy = new Set<ImapFlow>();
  readonly #patience: Patience;
  #isClosed = false;

  constructor(options: ResolvedConnectionsOptions, dialer: ImapDialer) {
    this.#options = options;
    this.#dialer = dialer;
    this.#patience = new Patience(options.clock, options.waitMs);
  }

  /** How many connections there are: those that work, and those that wait for work. */
  get counts(): { readonly working: number; readonly idle: number; readonly waiting: number } {
    return { working: this.#count - this.#idle.size, idle: this.#idle.size, waiting: this.#waiters.size };
  }

  /**
   * A connection of the user, best one with the folder selected.
   *
   * @param onlyFresh one that is opened now.
   */
  async lease(mailbox: MailboxRef, path: string | undefined, onlyFresh: boolean): Promise<ImapLease> {
    if (this.#isClosed) throw closed();
    const { user } = mailbox;
    if (onlyFresh) this.#dropIdle(user);
    const idle = this.#takeIdle(user, path);
    if (idle !== undefined) return this.#leased(user, idle, false);
    if (this.#mayOpen(user)) this.#counted(user, 1);
    else {
      const given = await this.#turn(mailbox);
      if (given !== undefined) return this.#leased(user, given, false);
    }
    return await this.#open(mailbox);
  }

  /** Takes a connection in that was opened for something else; closes it when there are enough. */
  adopt(user: string, client: ImapFlow): void {
    if (this.#isClosed || !this.#mayOpen(user)) {
      void leave(client);
      return;
    }
    this.#counted(user, 1);
    this.#opened(user, client).release();
  }

  /** Closes every connection; whoever works with one finds it closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { fail } of this.#waiters) fail(closed());
    this.#waiters.clear();
    const clients = [...this.#idle.keys()];
    for (const client of clients) this.#taken(client);
    for (const client of this.#busy) client.close();
    await Promise.all(clients.map(leave));
  }

  async #open(mailbox: MailboxRef): Promise<ImapLease> {
    const { user } = mailbox;
    try {
      const client = await this.#dialer.dial(mailbox);
      if (this.#isClosed) {
        client.close();
        throw closed();
      }
      return this.#opened(user, client);
    } catch (error) {
      this.#freed(user);
      throw error;
    }
  }

  #opened(user: string, client: ImapFlow): ImapLease {
    client.once("close", () => {
      if (!this.#idle.has(client)) return;
      this.#taken(client);
      this.#freed(user);
    });
    return this.#leased(user, client, true);
  }

  #leased(user: string, client: ImapFlow, isFresh: boolean): ImapLease {
    let isOver = false;
    this.#busy.add(client);
    const end = (isGood: boolean): void => {
      if (isOver) return;
      isOver = true;
      this.#busy.delete(client);
      if (isGood && isUsable(client) && !this.#isClosed) this.#giveBack(user, client);
      else {
        client.close();
        this.#freed(user);
      }
    };
    return { client, isFresh, release: () => end(true), discard: () => end(false) };
  }

  #giveBack(user: string, client: ImapFlow): void {
    for (const waiter of this.#waiters) {
      if (waiter.user === user) {
        this.#waiters.delete(waiter);
        waiter.serve(client);
        return;
      }
      // Who has none at all has waited for longer: users who hand theirs on and on among themselves would leave it none.
      if (!this.#counts.has(waiter.user)) {
        void leave(client);
        this.#freed(user);
        return;
      }
    }
    const { clock, idleMs } = this.#options;
    this.#idle.set(client, { user, timer: clock.setTimer(() => this.#retire(client), idleMs) });
    // Somebody may have been waiting for any connection to be free, not for one of this user.
    this.#serveWaiters();
  }

  #takeIdle(user: string, path: string | undefined): ImapFlow | undefined {
    let found: ImapFlow | undefined;
    for (const [client, idle] of this.#idle) {
      if (idle.user !== user || !isUsable(client)) continue;
      found = client;
      if (path !== undefined && client.mailbox !== false && client.mailbox.path === path) break;
    }
    if (found !== undefined) this.#taken(found);
    return found;
  }

  /** Not idle any more; still counted. */
  #taken(client: ImapFlow): Idle | undefined {
    const idle = this.#idle.get(client);
    if (idle === undefined) return undefined;
    this.#idle.delete(client);
    this.#options.clock.clearTimer(idle.timer);
    return idle;
  }

  #retire(client: ImapFlow): void {
    const idle = this.#taken(client);
    if (idle === undefined) return;
    void leave(client);
    this.#freed(idle.user);
  }

  #dropIdle(user: string): void {
    for (const [client, idle] of this.#idle) if (idle.user === user) this.#retire(client);
  }

  #mayOpen(user: string): boolean {
    const { maxPerUser, maxConnections } = this.#options;
    if ((this.#counts.get(user) ?? 0) >= maxPerUser) return false;
    if (this.#count < maxConnections) return true;
    const [oldest] = this.#idle.keys();
    const idle = oldest === undefined ? undefined : this.#taken(oldest);
    if (oldest === undefined || idle === undefined) return false;
    void leave(oldest);
    this.#counted(idle.user, -1);
    return true;
  }

  #counted(user: string, change: 1 | -1): void {
    this.#count += change;
    const count = (this.#counts.get(user) ?? 0) + change;
    if (count === 0) this.#counts.delete(user);
    else this.#counts.set(user, count);
  }

  #freed(user: string): void {
    this.#counted(user, -1);
    this.#serveWaiters();
  }

  #serveWaiters(): void {
    for (const waiter of this.#waiters) {
      if (!this.#mayOpen(waiter.user)) continue;
      this.#counted(waiter.user, 1);
      this.#waiters.delete(waiter);
      waiter.serve(undefined);
    }
  }

  #turn(mailbox: MailboxRef): Promise<ImapFlow | undefined> {
    const { clock, waitMs } = this.#options;
    const { user } = mailbox;
    const { leftMs, over } = this.#patience.begin(mailbox);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clock.clearTimer(timer);
        over();
      };
      const waiter: Waiter = {
        user,
        serve: (client) => {
          end();
          resolve(client);
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      const timer = clock.setTimer(() => {
        this.#waiters.delete(waiter);
        waiter.fail(
          new DirectPushError("ERR_MAILBOX_UNAVAILABLE", `No IMAP connection was free for ${waitMs} ms`),
        );
      }, leftMs);
      this.#waiters.add(waiter);
    });
  }
}

/** Says good-bye, and goes whatever the server says to that. */
async function leave(client: ImapFlow): Promise<void> {
  try {
    await client.logout();
  } catch {
    client.close();
  }
}

function closed(): DirectPushError {
  return new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "The IMAP connections are closed");
}
