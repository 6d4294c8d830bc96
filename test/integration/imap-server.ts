import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createDirectPush, type DirectPush } from "direct-push";
import { EasClient, fixedInterval, mailSummary } from "direct-push/client";
import {
  type ImapChangeSource,
  type ImapChangeSourceOptions,
  ImapConnections,
  type ImapConnectionsOptions,
  ImapFolders,
  ImapMailbox,
  imapAuthentication,
  imapChangeSource,
  smtpSubmission,
} from "direct-push/imap";
import { toNodeHandler } from "direct-push/node";
import { within } from "../contract/deadline.js";
import type { Dovecot } from "./dovecot.js";
import { passwordOf } from "./dovecot-configuration.js";

/** How the server in front of a Dovecot is made. */
export interface ImapServerOptions {
  readonly connections?: Partial<ImapConnectionsOptions>;
  readonly source?: ImapChangeSourceOptions;
  /** Where mail is handed to; none is sent by default. */
  readonly smtpPort?: number;
}

/** Direct Push in front of a Dovecot, as `docs/imap.md` mounts it, on a port of its own. */
export class ImapServer {
  readonly connections: ImapConnections;
  readonly source: ImapChangeSource;
  readonly directPush: DirectPush;
  /** What the server told of failures. */
  readonly failures: unknown[] = [];
  readonly #server: Server;
  readonly #phones: PushedPhone[] = [];

  constructor(dovecot: Dovecot, { connections = {}, source = {}, smtpPort }: ImapServerOptions = {}) {
    this.connections = new ImapConnections({
      host: dovecot.host,
      port: dovecot.imapPort,
      tls: "none",
      ...connections,
    });
    const folders = new ImapFolders(this.connections);
    this.source = imapChangeSource(this.connections, folders, source);
    this.directPush = createDirectPush({
      mailbox: new ImapMailbox(this.connections, folders),
      source: this.source,
      authenticate: imapAuthentication(this.connections),
      retryAfterSeconds: 1,
      ...(smtpPort !== undefined && {
        submission: smtpSubmission({
          host: "127.0.0.1",
          port: smtpPort,
          tls: "none",
          domain: "example.com",
          credentials: { kind: "none" },
        }),
      }),
    });
    this.directPush.events.on("sourceFailed", (event) => this.failures.push(event));
    this.directPush.events.on("requestFailed", (event) => this.failures.push(event));
    this.#server = createServer(toNodeHandler(this.directPush));
  }

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A phone that is pushed to. */
  phone(user: string, password = passwordOf(user), deviceId = `PHONE${user}`): PushedPhone {
    const phone = new PushedPhone(this.url, user, password, deviceId);
    this.#phones.push(phone);
    return phone;
  }

  async close(): Promise<void> {
    for (const { client } of this.#phones) client.close();
    await this.directPush.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.source.close();
    await this.connections.close();
  }
}

/** A phone that holds a Ping, and syncs when it is answered. */
export class PushedPhone {
  readonly client: EasClient;
  readonly user: string;
  /** Of the mails in the inbox. */
  readonly subjects = new Set<string>();
  readonly outcomes: string[] = [];
  readonly failures: string[] = [];
  isWaiting = false;
  changes = 0;
  #onChange: () => void = () => {};

  constructor(url: string, user: string, password: string, deviceId: string) {
    this.user = user;
    this.client = new EasClient({
      url,
      user,
      authorization: { kind: "basic", password },
      device: { id: deviceId, type: "TestPhone" },
      folders: ({ kind }) => kind === "inbox" || kind === "sent",
      heartbeat: fixedInterval(600),
      backOff: { firstSeconds: 0.2, maximumSeconds: 1 },
      apply: ({ added, changed, deleted }) => {
        for (const item of added) this.subjects.add(mailSummary(item).subject ?? "");
        this.changes += changed.length + deleted.length;
      },
    });
    const { events } = this.client;
    events.on("waiting", () => {
      this.isWaiting = true;
      this.#onChange();
    });
    events.on("waited", ({ outcome }) => {
      this.isWaiting = false;
      this.outcomes.push(outcome.kind);
    });
    events.on("synced", () => this.#onChange());
    events.on("delayed", ({ failure }) => {
      this.failures.push(
        failure?.kind === "busy" ? `busy ${failure.httpStatus} ${failure.status}` : `${failure?.kind}`,
      );
      this.#onChange();
    });
  }

  /** Begins, and resolves when a Ping is sent. */
  async start(): Promise<void> {
    this.client.run().catch((error: unknown) => this.failures.push(String(error)));
    await this.until("a Ping to be sent", () => this.isWaiting);
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const held = new Promise<void>((resolve) => {
      const look = (): void => {
        if (holds()) resolve();
      };
      this.#onChange = look;
      look();
    });
    try {
      await within(what, held);
    } catch (error) {
      const told = [
        this.isWaiting ? "waiting" : "not waiting",
        ...this.outcomes,
        ...this.failures,
        ...this.subjects,
      ];
      throw new Error(`${String(error)}: ${told.join("; ")}`);
    }
  }
}
