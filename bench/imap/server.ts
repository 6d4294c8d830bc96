/** The server of the bench that has a mail server behind it: `server.ts IMAP_PORT TLS MODE`. Started with --expose-gc. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDirectPush } from "direct-push";
import {
  ImapConnections,
  ImapFolders,
  ImapMailbox,
  imapAuthentication,
  imapChangeSource,
} from "direct-push/imap";
import { toNodeHandler } from "direct-push/node";
import { obeyOrders } from "../held/obey-orders.js";
import type { ImapConnectionCounts, ImapServerOrder } from "./messages.js";

const [imapPort, tls, mode] = process.argv.slice(2) as [string, "implicit" | "none", "auto" | "idle"];

const connections = new ImapConnections({
  host: "127.0.0.1",
  port: Number(imapPort),
  tls,
  tlsOptions: { rejectUnauthorized: false },
  // Not the minute of the default, so that a run is over sooner: what is measured begins when no connection but those that watch is left.
  idleMs: 2_000,
});
const folders = new ImapFolders(connections);
const source = imapChangeSource(connections, folders, { mode, lingerMs: 1_000 });
const directPush = createDirectPush({
  mailbox: new ImapMailbox(connections, folders),
  source,
  authenticate: imapAuthentication(connections),
});

async function start(): Promise<number> {
  const server = createServer(toNodeHandler(directPush));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

async function obey(order: ImapServerOrder): Promise<unknown> {
  switch (order.kind) {
    case "memory":
      for (let round = 0; round < 3; round += 1) {
        for (let time = 0; time < 4; time += 1) globalThis.gc?.();
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return process.memoryUsage();
    case "held":
      return directPush.heldCount;
    case "connections": {
      const { working, idle } = connections.counts;
      return { watchedUsers: source.watchedUsers, pooled: working + idle } satisfies ImapConnectionCounts;
    }
    case "cpu": {
      const { user, system } = process.cpuUsage();
      return user + system;
    }
    case "changed":
      source.changed(order.user);
      return 0;
  }
}

obeyOrders<ImapServerOrder>(obey, await start());
