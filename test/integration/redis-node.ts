/**
 * One process of a cluster: phones over HTTP, state and relay over Redis. Its mailbox is a copy that the test keeps equal in all
 * processes. Arguments: the URL of Redis.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "../../src/adapters/node.js";
import { createDirectPush, publishedSource } from "../../src/index.js";
import { redisRelay, redisStateStore } from "../../src/redis/index.js";
import { MemoryMailbox } from "../../src/testing/index.js";
import type { FromNode, ToNode } from "./redis-node-messages.js";
import { connectedClient } from "./redis-server.js";

const [url = ""] = process.argv.slice(2);
const tell = (message: FromNode): void => void process.send?.(message);

const client = await connectedClient(url);
const relay = await redisRelay(client, { goneAfterMs: 1_000 });
const mailbox = new MemoryMailbox({ epoch: "shared" });
const source = publishedSource(mailbox, relay, { spreadMs: 200 });
const directPush = createDirectPush({
  mailbox,
  source,
  relay,
  state: redisStateStore(client),
  heartbeat: { minSeconds: 1, alertSeconds: 0, learning: "off" },
  retryAfterSeconds: 1,
  callTimeoutMs: 2_000,
  closeSpreadMs: 300,
  authenticate: async (attempt) =>
    attempt.kind === "basic" ? { kind: "user", user: attempt.user } : { kind: "refused" },
});
const server = createServer(toNodeHandler(directPush));
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  tell({ kind: "listening", port: (server.address() as AddressInfo).port });
});

async function end(): Promise<void> {
  await directPush.close();
  source.close();
  await relay.close();
  client.destroy();
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}

async function hear(message: ToNode): Promise<void> {
  switch (message.kind) {
    case "deliver":
      for (const { user, subject, receivedMs } of message.mails) {
        mailbox.deliver(user, `From: a@example.com\r\nSubject: ${subject}\r\n\r\nx\r\n`, { receivedMs });
      }
      break;
    case "publish":
      await source.publish(message.user, "inbox");
      break;
    case "held":
      return tell({ kind: "held", devices: directPush.held().map(({ deviceId }) => deviceId) });
    case "close":
      return end();
  }
  tell({ kind: "done" });
}

process.on("message", (message) => void hear(message as ToNode));
process.on("disconnect", () => process.exit(0));
