/** A server on a socket, and devices that send to it exactly what they are told. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "../../../src/adapters/node.js";
import { createDirectPush, type DirectPush, type DirectPushOptions } from "../../../src/index.js";
import { MemoryStateStore } from "../../../src/state/memory-state-store.js";
import { FakeClock, MemoryMailbox, type MemoryMailboxOptions } from "../../../src/testing/index.js";
import { decode, encode } from "../../../src/wbxml/index.js";
import { until, within } from "../../contract/deadline.js";
import { send, type WireAnswer, type WireExchange } from "../../contract/wire.js";
import { document, type Tree, treeOf } from "./tree.js";

/** Whose account it is, and what the mailbox calls the user. */
export const user = "alice@example.com";
const password = "secret";

/** How a device introduces itself with each request. */
export interface Manners {
  /** The query of a command, without the question mark. */
  readonly query: (command: string) => string;
  /** Headers of every request; what is undefined is not sent. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** An answer, read. */
export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Undefined for an empty body. */
  readonly tree: Tree | undefined;
}

/** A request under way. */
export interface Asked {
  readonly heard: Promise<Heard>;
  /** The device closes its socket. */
  leave(): void;
}

/** What of one request is not as usual. */
export interface Unusual {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly query?: string;
  readonly body?: Uint8Array;
  readonly method?: string;
  readonly path?: string;
}

/** The server side of the line. */
export class Site {
  readonly clock: FakeClock = new FakeClock();
  readonly mailbox: MemoryMailbox;
  readonly state: MemoryStateStore = new MemoryStateStore();
  readonly directPush: DirectPush;
  readonly server: Server;
  /** What the server told of faults: none is ever expected. */
  readonly faults: unknown[] = [];

  constructor(options: Partial<DirectPushOptions> = {}, mailboxOptions: MemoryMailboxOptions = {}) {
    this.mailbox = new MemoryMailbox({ clock: this.clock, ...mailboxOptions });
    const { mailbox, clock, state } = this;
    this.directPush = createDirectPush({
      mailbox,
      source: mailbox,
      submission: mailbox.submission,
      state,
      clock,
      gatherMs: 0,
      closeSpreadMs: 0,
      authenticate: async (attempt) =>
        attempt.kind === "basic" && attempt.password === password
          ? { kind: "user", user }
          : { kind: "refused" },
      ...options,
    });
    this.directPush.events.on("requestFailed", (event) => this.faults.push(event));
    this.directPush.events.on("sourceFailed", (event) => this.faults.push(event));
    this.server = createServer(toNodeHandler(this.directPush));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Waits until so many requests are held. */
  async held(count: number): Promise<void> {
    await until(`${count} to be held`, () => this.directPush.heldCount === count);
  }

  async close(): Promise<void> {
    await this.directPush.close();
    this.server.closeAllConnections();
    await within("the server to close", new Promise<void>((resolve) => this.server.close(() => resolve())));
  }
}

/** A device on the line. */
export class ShapedDevice {
  readonly #site: Site;
  readonly #manners: Manners;

  constructor(site: Site, manners: Manners) {
    this.#site = site;
    this.#manners = manners;
  }

  /** Sends a command and hears its answer. */
  async ask(command: string, tree?: Tree, unusual: Unusual = {}): Promise<Heard> {
    return await within(`the answer to ${command}`, (await this.begin(command, tree, unusual)).heard);
  }

  /** Sends a command that may be held. */
  async begin(command: string, tree?: Tree, unusual: Unusual = {}): Promise<Asked> {
    const body = unusual.body ?? (tree === undefined ? undefined : Buffer.from(encode(document(tree))));
    const query = unusual.query ?? this.#manners.query(command);
    const type = body === undefined ? undefined : "application/vnd.ms-sync.wbxml";
    const headers = { "content-type": type, ...this.#manners.headers, ...unusual.headers };
    const sent = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const exchange = await send(
      { port: this.#site.port, protocol: "http" },
      {
        method: unusual.method ?? "POST",
        path: unusual.path ?? `/Microsoft-Server-ActiveSync${query === "" ? "" : `?${query}`}`,
        headers: Object.fromEntries(sent),
        ...(body && { body }),
      },
    );
    return { heard: heardOf(exchange), leave: () => exchange.fin() };
  }
}

function heardOf(exchange: WireExchange): Promise<Heard> {
  const heard = exchange.answer.then(read);
  heard.catch(() => {});
  return heard;
}

function read({ status, headers, body }: WireAnswer): Heard {
  const isWbxml = body.length > 0 && headers["content-type"] === "application/vnd.ms-sync.wbxml";
  return { status, headers, body, tree: isWbxml ? treeOf(decode(body)) : undefined };
}

/** Basic credentials in a charset. */
export function basic(login: string, secret = password, charset: BufferEncoding = "utf8"): string {
  return `Basic ${Buffer.from(`${login}:${secret}`, charset).toString("base64")}`;
}
