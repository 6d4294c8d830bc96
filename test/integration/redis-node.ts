/**
 * One process of a cluster: phones over HTTP, state and relay over Redis, and the mailbox that the test has. Arguments: the URL of Redis, or
 * of the masters of a cluster.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "../../src/adapters/node.js";
import { createDirectPush, publishedSource } from "../../src/index.js";
import { redisRelay, redisStateStore } from "../../src/redis/index.js";
import type { FromNode, NodeQuestion, NodeReply, ToNode } from "./redis-node-messages.js";
import { connectedTo } from "./redis-server.js";
import { RemoteMailbox } from "./redis-shared-mailbox.js";

const tell = (message: FromNode): void => void process.send?.(message, () => undefined);

const client = await connectedTo(process.argv.slice(2));
const relay = await redisRelay(client, { goneAfterMs: 1_000 });
const links = { lost: 0, restored: 0 };
relay.onLink((link) => {
  links[link] += 1;
});
const remote = new RemoteMailbox(tell);
const { mailbox } = remote;
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

const publishing = new Set<Promise<void>>();

async function publish(user: string): Promise<void> {
  const published = source.publish(user, "inbox");
  publishing.add(published);
  await published;
  publishing.delete(published);
}

async function end(): Promise<void> {
  await directPush.close();
  await Promise.all(publishing);
  source.close();
  await relay.close();
  await client.close();
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}

async function reply(question: NodeQuestion): Promise<NodeReply> {
  switch (question.kind) {
    case "publish":
      await publish(question.user);
      return { kind: "done" };
    case "settle":
      await client.get("settled");
      return { kind: "done" };
    case "held":
      return { kind: "held", devices: directPush.held().map(({ deviceId }) => deviceId) };
    case "links":
      return { kind: "links", ...links };
    case "wipe":
      await directPush.wipeDevice(question.user, question.deviceId, "device");
      return { kind: "done" };
  }
}

async function hear(message: ToNode): Promise<void> {
  if (message.kind === "called") remote.called(message);
  else if (message.kind === "close") await end();
  else tell({ kind: "reply", id: message.id, reply: await reply(message.question) });
}

process.on("message", (message) => void hear(message as ToNode));
process.on("disconnect", () => process.exit(0));
