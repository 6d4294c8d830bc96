/** A mail service as its users see it: a domain, a name that phones look for, and a server behind both. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "../../../src/adapters/node.js";
import { createDirectPush, type DirectPush } from "../../../src/index.js";
import { FakeClock, MemoryMailbox } from "../../../src/testing/index.js";
import { within } from "../../contract/deadline.js";

/** The one password. */
export const password = "secret";

/** The server, listening; nothing but the domain is told to phones. */
export class MailService {
  readonly domain = "example.com";
  readonly clock: FakeClock = new FakeClock();
  readonly mailbox: MemoryMailbox = new MemoryMailbox({ clock: this.clock });
  readonly faults: unknown[] = [];
  readonly #server: Server;
  readonly #directPush: DirectPush;

  private constructor(server: Server, port: number) {
    const { mailbox, clock } = this;
    this.#server = server;
    this.#directPush = createDirectPush({
      mailbox,
      source: mailbox,
      submission: mailbox.submission,
      clock,
      closeSpreadMs: 0,
      autodiscover: { url: `http://127.0.0.1:${port}/Microsoft-Server-ActiveSync` },
      policy: { enforce: true },
      authenticate: async (attempt) =>
        attempt.kind === "basic" && attempt.password === password
          ? { kind: "user", user: attempt.user }
          : { kind: "refused" },
    });
    this.#directPush.events.on("requestFailed", (event) => this.faults.push(event));
    this.#directPush.events.on("sourceFailed", (event) => this.faults.push(event));
  }

  /** Listens first: what Autodiscover tells has the port in it. */
  static async start(): Promise<MailService> {
    let handler: RequestListener = () => undefined;
    const server = createServer((request, response) => handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const service = new MailService(server, (server.address() as AddressInfo).port);
    handler = toNodeHandler(service.#directPush);
    return service;
  }

  /** The port behind a name, which stands for both 443 and 80 of it; undefined where there is no such name. */
  portOf(host: string): number | undefined {
    return host === `autodiscover.${this.domain}` ? (this.#server.address() as AddressInfo).port : undefined;
  }

  get heldCount(): number {
    return this.#directPush.heldCount;
  }

  async close(): Promise<void> {
    await this.#directPush.close();
    this.#server.closeAllConnections();
    await within("the server to close", new Promise<void>((resolve) => this.#server.close(() => resolve())));
  }
}
