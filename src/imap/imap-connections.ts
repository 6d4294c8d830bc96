import type { ImapFlow, ImapFlowOptions, MailboxObject } from "imapflow";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import type { ImapCredentials } from "./imap-connections-credentials.js";
import { ImapDialer } from "./imap-connections-dialer.js";
import { isAnswered, unreachable } from "./imap-connections-failure.js";
import { type ImapLease, isUsable } from "./imap-connections-lease.js";
import type { LoginVerdict } from "./imap-connections-logins.js";
import {
  type ImapConnectionsOptions,
  type ResolvedConnectionsOptions,
  resolveConnectionsOptions,
} from "./imap-connections-options.js";
import { ImapPool } from "./imap-connections-pool.js";

/** How a piece of work with a connection may be done. */
export interface ImapWorkOptions {
  /**
   * Whether doing it twice is as good as doing it once, as with everything that only reads. It is then done again when the connection breaks in
   * the middle; otherwise only if nothing of it had been sent. Default false.
   */
  readonly repeatable?: boolean;
}

/** The same for work in a folder. */
export interface ImapFolderWorkOptions extends ImapWorkOptions {
  /** Opens the folder by EXAMINE: for work that changes nothing. Implies `repeatable`. Default false. */
  readonly readOnly?: boolean;
  /**
   * A folder that the connection has open already is only brought up to date (NOOP), which is cheaper for the server the larger the folder is. Of what
   * `opened` tells, UIDVALIDITY alone can be relied on then. Default false.
   */
  readonly mayBeOpen?: boolean;
  /** With QRESYNC: what the server sends when the folder is opened is what changed since (RFC 7162, 3.2.5). */
  readonly since?: { readonly uidValidity: bigint; readonly highestModseq: bigint };
}

/** Work in a folder that was done, or that could not be because there is no such folder. */
export type ImapFolderWork<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "folder-missing" };

/**
 * The connections to an IMAP server: a pool for work, bounded per user and overall, and connections of one's own for watching. All that goes wrong with
 * a connection is a `DirectPushError` `ERR_MAILBOX_UNAVAILABLE` or, when the server does not take the credentials, `ERR_LOGIN_REFUSED`; a NO
 * or BAD of the server is imapflow's error, and leaves the connection as it is.
 */
export class ImapConnections {
  /** @internal */
  readonly options: ResolvedConnectionsOptions;
  readonly #dialer: ImapDialer;
  readonly #pool: ImapPool;
  readonly #onWrite = new Set<(user: string, path: string) => void>();

  /** @throws DirectPushError `ERR_OPTION_INVALID` for an option that cannot be. */
  constructor(options: ImapConnectionsOptions) {
    this.options = resolveConnectionsOptions(options);
    this.#dialer = new ImapDialer(this.options);
    this.#pool = new ImapPool(this.options, this.#dialer);
  }

  /** How many connections work, wait for work, and how many pieces of work wait for a connection. Those that watch are not counted. */
  get counts(): { readonly working: number; readonly idle: number; readonly waiting: number } {
    return this.#pool.counts;
  }

  /**
   * Works with a connection that is logged in. Which folder is selected is not known, and none need be.
   *
   * @param work resolves when all its commands are answered. Let it select folders by `mailboxOpen`, and never close it or log out.
   */
  async use<T>(
    mailbox: MailboxRef,
    work: (client: ImapFlow) => Promise<T>,
    options: ImapWorkOptions = {},
  ): Promise<T> {
    return await this.#work(mailbox, undefined, work, options.repeatable === true);
  }

  /**
   * Works in a folder that is selected anew (but for `mayBeOpen`), so that what `opened` tells (UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ, the number of mails) is
   * of now.
   */
  async inFolder<T>(
    mailbox: MailboxRef,
    path: string,
    work: (client: ImapFlow, opened: MailboxObject) => Promise<T>,
    options: ImapFolderWorkOptions = {},
  ): Promise<ImapFolderWork<T>> {
    const { readOnly = false, repeatable = readOnly, mayBeOpen = false, since } = options;
    const opening = {
      readOnly,
      ...(since === undefined ? {} : { uidValidity: since.uidValidity, changedSince: since.highestModseq }),
    };
    let opened: MailboxObject | undefined;
    const inFolder = async (client: ImapFlow): Promise<ImapFolderWork<T>> => {
      opened = undefined;
      try {
        opened =
          (mayBeOpen ? await broughtUpToDate(client, path) : undefined) ??
          (await client.mailboxOpen(path, opening));
      } catch (error) {
        if (!isMissing(error)) throw error;
        return { kind: "folder-missing" };
      }
      try {
        return { kind: "done", value: await work(client, opened) };
      } finally {
        if (!readOnly) for (const tell of this.#onWrite) tell(mailbox.user, path);
      }
    };
    // Opening a folder can be done twice; what comes after it may not.
    return await this.#work(mailbox, path, inFolder, () => repeatable || opened === undefined);
  }

  /**
   * A connection of the pool that is one's own until it is given back, for content that is read as it is sent. It counts against the user's
   * connections: give it back soon, and in every case.
   */
  async lease(mailbox: MailboxRef): Promise<ImapLease> {
    return await this.#pool.lease(mailbox, undefined, false);
  }

  /** A connection outside of the pool, to watch with. Who opens it closes it. */
  async dial(mailbox: MailboxRef, settings: ImapFlowOptions): Promise<ImapFlow> {
    return await this.#dialer.dial(mailbox, settings);
  }

  /** How long the server is not to be asked for a connection, in milliseconds, because it was away a moment ago; 0: it may be. */
  get awayMs(): number {
    return this.#dialer.backOff.waitMs;
  }

  /** Hears that the server can be reached again, after it could not. Returns how to stop. */
  onReachable(tell: () => void): () => void {
    return this.#dialer.backOff.onReachable(tell);
  }

  /**
   * Asks the server about a login, or recalls what it said a moment ago. A connection that was opened for it goes to the pool when the pool is opened with
   * the phones' own logins.
   *
   * @param user the name that the pool knows the user by.
   * @throws DirectPushError `ERR_MAILBOX_UNAVAILABLE` when the server cannot tell.
   */
  async checkLogin(user: string, credentials: ImapCredentials): Promise<LoginVerdict> {
    return await this.#dialer.check(credentials, (client) => {
      if (this.options.credentials.kind === "login") this.#pool.adopt(user, client);
      else client.logout().catch(() => client.close());
    });
  }

  /** Hears of each folder that work of this pool may have changed, once the work is over. Returns how to stop. */
  onWrite(tell: (user: string, path: string) => void): () => void {
    this.#onWrite.add(tell);
    return () => this.#onWrite.delete(tell);
  }

  /** Ends everything, for the end of the process. Work that is under way fails. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #work<T>(
    mailbox: MailboxRef,
    path: string | undefined,
    work: (client: ImapFlow) => Promise<T>,
    repeatable: boolean | (() => boolean),
  ): Promise<T> {
    let lease = await this.#pool.lease(mailbox, path, false);
    const { sent } = lease.client.stats();
    try {
      return await finish(lease, work);
    } catch (error) {
      if (isAnswered(error) || isUsable(lease.client)) throw error;
      const wasSent = lease.client.stats().sent > sent;
      const mayRepeat = typeof repeatable === "function" ? repeatable() : repeatable;
      if (lease.isFresh || (wasSent && !mayRepeat)) throw unreachable(error);
    }
    lease = await this.#pool.lease(mailbox, path, true);
    try {
      return await finish(lease, work);
    } catch (error) {
      throw isAnswered(error) || isUsable(lease.client) ? error : unreachable(error);
    }
  }
}

async function finish<T>(lease: ImapLease, work: (client: ImapFlow) => Promise<T>): Promise<T> {
  try {
    return await work(lease.client);
  } finally {
    lease.release();
  }
}

/** The folder, if it is the one that is selected; what happened in it meanwhile is known then. */
async function broughtUpToDate(client: ImapFlow, path: string): Promise<MailboxObject | undefined> {
  if (selectedOf(client)?.path !== path) return undefined;
  await client.noop();
  return selectedOf(client);
}

function selectedOf({ mailbox }: ImapFlow): MailboxObject | undefined {
  return mailbox === false ? undefined : mailbox;
}

function isMissing(error: unknown): boolean {
  return isAnswered(error) && (error as { readonly mailboxMissing?: unknown }).mailboxMissing === true;
}
