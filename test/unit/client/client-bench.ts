/** A server of this package on a port, with a line to it that fails when told to, and phones. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "../../../src/adapters/node.js";
import { EasClient, type EasClientOptions, fixedInterval } from "../../../src/client/index.js";
import {
  createDirectPush,
  type DirectPush,
  type DirectPushOptions,
  MemoryStateStore,
} from "../../../src/index.js";
import { FakeClock, MemoryMailbox } from "../../../src/testing/index.js";
import { until } from "../../contract/deadline.js";

export const user = "alice";

/** What happens to one request, the next of its command. */
export interface Fault {
  readonly command: string;
  /** `lose`: it is served, and the connection ends in place of the answer. */
  readonly how: "lose" | { readonly status: number; readonly headers?: Record<string, string> };
}

/** What a phone told, in order. */
export type Told = readonly [name: string, event: unknown];

export class ClientBench {
  readonly clock = new FakeClock();
  readonly mailbox = new MemoryMailbox({ clock: this.clock });
  readonly faults: Fault[] = [];
  /** Commands in the order of their arrival. */
  readonly commands: string[] = [];
  readonly #phones: EasClient[] = [];
  #state = new MemoryStateStore();
  #options: Partial<DirectPushOptions> = {};
  #directPush: DirectPush | undefined;
  #server: Server | undefined;
  #port = 0;

  get directPush(): DirectPush {
    if (this.#directPush === undefined) throw new Error("the server is not started");
    return this.#directPush;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/Microsoft-Server-ActiveSync`;
  }

  async start(options: Partial<DirectPushOptions> = {}): Promise<void> {
    this.#options = options;
    const directPush = createDirectPush({
      mailbox: this.mailbox,
      source: this.mailbox,
      state: this.#state,
      clock: this.clock,
      gatherMs: 0,
      closeSpreadMs: 0,
      authenticate: async (attempt) =>
        attempt.kind === "basic" && attempt.password === "secret"
          ? { kind: "user", user: attempt.user }
          : { kind: "refused" },
      ...options,
    });
    const handler = toNodeHandler(directPush);
    const server = createServer((request, response) => {
      if (this.#serves(request, response)) handler(request, response);
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#directPush = directPush;
    this.#server = server;
  }

  /** The server dies in the middle of everything. */
  async crash(): Promise<void> {
    const server = this.#server;
    const closed = new Promise((resolve) => server?.close(resolve));
    server?.closeAllConnections();
    await closed;
    await this.#directPush?.close();
  }

  /** It comes back, with what it had stored or without. */
  async comeBack(
    storage: "kept" | "lost",
    options: Partial<DirectPushOptions> = this.#options,
  ): Promise<void> {
    if (storage === "lost") this.#state = new MemoryStateStore();
    await this.start(options);
  }

  phone(options: Partial<EasClientOptions> = {}): EasClient {
    const phone = new EasClient({
      url: this.url,
      user,
      authorization: { kind: "basic", password: "secret" },
      device: { id: "PHONE1", type: "Test" },
      clock: this.clock,
      folders: ({ kind }) => kind === "inbox",
      heartbeat: fixedInterval(600),
      random: () => 0,
      ...options,
    });
    this.#phones.push(phone);
    return phone;
  }

  deliver(subject: string): string {
    return this.mailbox.deliver(user, `From: bob@example.com\r\nSubject: ${subject}\r\n\r\nHello`);
  }

  /** Waits until the server holds a request. */
  async held(): Promise<void> {
    await until("a held request", () => this.directPush.heldCount > 0 && this.mailbox.openWatches > 0);
  }

  /** Commands since the last time it was asked. */
  takeCommands(): string[] {
    return this.commands.splice(0);
  }

  async connections(): Promise<number> {
    return await new Promise((resolve) => this.#server?.getConnections((_error, count) => resolve(count)));
  }

  async close(): Promise<void> {
    for (const phone of this.#phones) phone.close();
    await this.crash();
  }

  #serves(request: IncomingMessage, response: ServerResponse): boolean {
    const command = /[?&]Cmd=(\w+)/.exec(request.url ?? "")?.[1] ?? request.method ?? "";
    this.commands.push(command);
    const index = this.faults.findIndex((fault) => fault.command === command);
    const how = this.faults.splice(index, index < 0 ? 0 : 1)[0]?.how;
    if (how === undefined) return true;
    if (how !== "lose") {
      request.resume();
      response.writeHead(how.status, how.headers).end();
      return false;
    }
    // Whatever writes the answer afterwards writes into a connection that is gone.
    response.writeHead = (): ServerResponse => {
      request.socket.destroy();
      return response;
    };
    return true;
  }
}

const names = [
  "connected",
  "provisioned",
  "wipeRequested",
  "foldersChanged",
  "synced",
  "waiting",
  "waited",
  "redirected",
  "delayed",
] as const;

/** Writes down what a phone tells. */
export function story(phone: EasClient): Told[] {
  const told: Told[] = [];
  for (const name of names) phone.events.on(name, (event: unknown) => told.push([name, event]));
  return told;
}

/** Waits for so many tellings of one name, and gives the last of them. */
export async function heard(
  told: readonly Told[],
  name: (typeof names)[number],
  count = 1,
): Promise<unknown> {
  const found = (): unknown[] => told.filter(([one]) => one === name).map(([, event]) => event);
  await until(`${name} ${count} times`, () => found().length >= count);
  return found()[count - 1];
}
