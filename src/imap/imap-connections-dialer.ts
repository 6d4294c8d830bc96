import createDebug from "debug";
import { ImapFlow, type ImapFlowOptions } from "imapflow";
import { DirectPushError } from "../errors.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { ImapBackOff } from "./imap-connections-back-off.js";
import { credentialsFor, type ImapCredentials, isSendable } from "./imap-connections-credentials.js";
import { isLoginRefused, loginRefused, unreachable } from "./imap-connections-failure.js";
import { LoginMemory, type LoginVerdict } from "./imap-connections-logins.js";
import type { ResolvedConnectionsOptions } from "./imap-connections-options.js";
import { ServerStanding } from "./imap-connections-standing.js";

const log = createDebug("direct-push:imap");

/** Opens connections: few at once, none to a server that is known to be away, none with a login that was just refused. */
export class ImapDialer {
  readonly backOff: ImapBackOff;
  readonly logins: LoginMemory;
  readonly #options: ResolvedConnectionsOptions;
  readonly #standing: ServerStanding;
  #connecting = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #checks = new Map<string, Promise<LoginVerdict>>();

  constructor(options: ResolvedConnectionsOptions) {
    this.#options = options;
    this.backOff = new ImapBackOff(options.clock, options.longestBackOffMs, options.random);
    this.logins = new LoginMemory(options);
    this.#standing = new ServerStanding(options);
  }

  /**
   * A connection for a user, logged in.
   *
   * @throws DirectPushError `ERR_LOGIN_REFUSED`; `ERR_MAILBOX_UNAVAILABLE` for everything else.
   */
  async dial(mailbox: MailboxRef, settings: ImapFlowOptions = {}): Promise<ImapFlow> {
    let credentials: ImapCredentials | undefined;
    try {
      credentials = await credentialsFor(this.#options.credentials, mailbox);
    } catch (error) {
      throw unreachable(error);
    }
    if (credentials === undefined) throw loginRefused(mailbox.user);
    return await this.dialWith(credentials, settings);
  }

  /** The same with credentials that are known. */
  async dialWith(credentials: ImapCredentials, settings: ImapFlowOptions = {}): Promise<ImapFlow> {
    if (!isSendable(credentials)) throw loginRefused(credentials.user);
    if (this.logins.recall(credentials) === "refused") throw loginRefused(credentials.user);
    let refusal: unknown;
    await this.#turn();
    try {
      return await this.#connect(credentials, settings);
    } catch (error) {
      if (!isLoginRefused(error)) throw unreachable(error);
      refusal = error;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#connecting -= 1;
      else next();
    }
    throw await this.#refused(credentials, refusal);
  }

  /**
   * What the server says of credentials. Questions about the same are one.
   *
   * @param keep takes the connection that was opened for it.
   * @throws DirectPushError `ERR_MAILBOX_UNAVAILABLE` when the server cannot tell.
   */
  check(credentials: ImapCredentials, keep: (client: ImapFlow) => void): Promise<LoginVerdict> {
    const key = this.logins.keyOf(credentials);
    const under = this.#checks.get(key);
    if (under !== undefined) return under;
    const check = this.#check(credentials, keep).finally(() => this.#checks.delete(key));
    this.#checks.set(key, check);
    return check;
  }

  async #check(credentials: ImapCredentials, keep: (client: ImapFlow) => void): Promise<LoginVerdict> {
    const known = this.logins.recall(credentials);
    if (known !== undefined) return known;
    try {
      keep(await this.dialWith(credentials));
      return "taken";
    } catch (error) {
      if (error instanceof DirectPushError && error.code === "ERR_LOGIN_REFUSED") return "refused";
      throw error;
    }
  }

  async #turn(): Promise<void> {
    if (this.#connecting < this.#options.maxConnecting) {
      this.#connecting += 1;
      return;
    }
    // Whoever ends hands its place over.
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #connect(credentials: ImapCredentials, settings: ImapFlowOptions): Promise<ImapFlow> {
    const { waitMs } = this.backOff;
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1_000);
      throw new DirectPushError(
        "ERR_MAILBOX_UNAVAILABLE",
        `The IMAP server is away, next attempt in ${seconds} s`,
      );
    }
    const round = this.backOff.begin();
    const client = new ImapFlow({ ...this.#settings(credentials), ...settings });
    client.on("error", (error) => log("connection of %s: %O", credentials.user, error));
    try {
      await client.connect();
    } catch (error) {
      client.close();
      if (isLoginRefused(error)) this.backOff.reached();
      else this.backOff.failed(round);
      log("no connection for %s: %O", credentials.user, error);
      throw error;
    }
    this.backOff.reached();
    this.logins.taken(credentials);
    return client;
  }

  /** What a refused login means: a server that is being stopped refuses those that are right. */
  async #refused(credentials: ImapCredentials, refusal: unknown): Promise<DirectPushError> {
    const isKnown = this.logins.hasTaken(credentials);
    if (isKnown || (await this.#standing.stands())) {
      if (this.logins.refused(credentials)) return loginRefused(credentials.user, refusal);
    }
    log("a refused login of %s is not believed: %O", credentials.user, refusal);
    return unreachable(refusal);
  }

  #settings(credentials: ImapCredentials): ImapFlowOptions {
    const { host, port, tls, tlsOptions, connectMs, silenceMs } = this.#options;
    return {
      host,
      port,
      secure: tls === "implicit",
      doSTARTTLS: tls === "implicit" ? undefined : tls === "starttls",
      tls: tlsOptions,
      auth: authOf(credentials),
      qresync: true,
      // A window of deflate for each connection would cost more memory than everything else of it.
      disableCompression: true,
      disableAutoIdle: true,
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: silenceMs,
      logger: false,
      clientInfo: { name: "direct-push", vendor: false, "support-url": false, version: false },
    };
  }
}

function authOf(credentials: ImapCredentials): NonNullable<ImapFlowOptions["auth"]> {
  if (credentials.kind === "bearer") return { user: credentials.user, accessToken: credentials.token };
  const { user, password, authorizeAs } = credentials;
  if (authorizeAs === undefined) return { user, pass: password };
  // Any other mechanism would leave the authorization identity out, and open the mailbox of the master user.
  return { user, pass: password, authzid: authorizeAs, loginMethod: "AUTH=PLAIN" };
}
