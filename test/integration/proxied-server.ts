import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "../../src/adapters/node.js";
import {
  createDirectPush,
  type DirectPush,
  type DirectPushOptions,
  type DroppedEvent,
  type EndedEvent,
} from "../../src/index.js";
import { MemoryMailbox } from "../../src/testing/index.js";

/** A server with one mailbox, Alice's, that writes down what became of its held requests. */
export interface ProxiedServer {
  readonly port: number;
  readonly mailbox: MemoryMailbox;
  readonly directPush: DirectPush;
  readonly ended: readonly EndedEvent[];
  readonly dropped: readonly DroppedEvent[];
  /** Answers to requests that were held for which `finish` fired: Node's word that all was handed to the kernel. */
  finished(): number;
  close(): Promise<void>;
}

/** Starts one on a free port of an address. `more` takes the place of what it is made of otherwise; TCP probes connections that were idle for `keepAliveMs`. */
export async function proxiedServer(
  address = "127.0.0.1",
  more: Partial<DirectPushOptions> = {},
  keepAliveMs?: number,
): Promise<ProxiedServer> {
  const mailbox = new MemoryMailbox();
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    heartbeat: { minSeconds: 1 },
    authenticate: async () => ({ kind: "user", user: "alice@example.com" }),
    closeSpreadMs: 0,
    ...more,
  });
  const ended: EndedEvent[] = [];
  const dropped: DroppedEvent[] = [];
  directPush.events.on("ended", (event) => ended.push(event));
  directPush.events.on("dropped", (event) => dropped.push(event));
  const server: Server = createServer(toNodeHandler(directPush));
  server.keepAliveTimeout = 75_000;
  if (keepAliveMs !== undefined) server.on("connection", (socket) => socket.setKeepAlive(true, keepAliveMs));
  let finished = 0;
  server.on("request", (_request, response) => {
    const endedBefore = ended.length;
    response.once("finish", () => {
      if (ended.length > endedBefore) finished += 1;
    });
  });
  await once(server.listen(0, address), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    mailbox,
    directPush,
    ended,
    dropped,
    finished: () => finished,
    close: async () => {
      await directPush.close();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
