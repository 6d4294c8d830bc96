/** One server process of the cluster bench: `node.ts REDIS_URL CLOSE_SPREAD_MS`. Started with --expose-gc. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDirectPush, publishedSource } from "direct-push";
import { toNodeHandler } from "direct-push/node";
import { redisRelay, redisStateStore } from "direct-push/redis";
import { createClient } from "redis";
import { BenchMailbox } from "../held/bench-mailbox.js";
import { nowNs } from "../held/messages.js";
import { obeyOrders } from "../held/obey-orders.js";
import { setUp } from "../held/prime.js";
import type { NodeOrder, SentToRedis } from "./messages.js";
import { RedisCounts } from "./redis-counts.js";

/** So many phones are set up at a time: what they ask of Redis goes out together. */
const together = 50;

const [url = "", closeSpreadMs] = process.argv.slice(2);
const mailbox = new BenchMailbox(true);
const counts = new RedisCounts();
const plain = createClient({ url });
plain.on("error", (error) => console.error("redis", error));
await plain.connect();
const client = counts.counted(plain);
const relay = await redisRelay(client);
const source = publishedSource(mailbox, relay);
const directPush = createDirectPush({
  mailbox,
  source,
  relay,
  state: redisStateStore(client),
  gatherMs: 0,
  closeSpreadMs: Number(closeSpreadMs),
  authenticate: async (attempt) =>
    attempt.kind === "basic" ? { kind: "user", user: attempt.user } : { kind: "refused" },
});
const server = createServer(toNodeHandler(directPush));
server.keepAliveTimeout = 75_000;

async function setUpAll(from: number, phones: number): Promise<string[]> {
  const keys: string[] = [];
  for (let next = from; next < from + phones; next += together) {
    const batch = Array.from({ length: Math.min(together, from + phones - next) }, (_, at) => next + at);
    keys.push(...(await Promise.all(batch.map((phone) => setUp(directPush, phone)))));
  }
  return keys;
}

async function publish(phones: readonly number[], gapMs: number): Promise<number[]> {
  const times: number[] = [];
  for (const phone of phones) {
    const user = `u${phone}`;
    const marker = await mailbox.marker({ user }, "inbox");
    times.push(nowNs());
    void source.publish(user, "inbox", { marker, dateReceivedMs: Date.now() });
    await pause(gapMs);
  }
  return times;
}

async function close(): Promise<void> {
  server.close();
  await directPush.close();
  source.close();
  await relay.close();
  plain.destroy();
}

async function memory(): Promise<NodeJS.MemoryUsage> {
  for (let round = 0; round < 4; round++) globalThis.gc?.();
  await pause(300);
  globalThis.gc?.();
  return process.memoryUsage();
}

async function obey(order: NodeOrder): Promise<unknown> {
  switch (order.kind) {
    case "set-up":
      return await setUpAll(order.from, order.phones);
    case "deliver":
      for (const phone of order.phones) mailbox.change(`u${phone}`);
      return 0;
    case "publish":
      return await publish(order.phones, order.gapMs);
    case "held":
      return directPush.heldCount;
    case "memory":
      return await memory();
    case "idle-cpu": {
      const before = process.cpuUsage();
      await pause(order.seconds * 1000);
      const used = process.cpuUsage(before);
      return (used.user + used.system) / 1e6 / order.seconds;
    }
    case "redis-counts": {
      const { commands, roundTrips } = counts;
      return { commands, roundTrips } satisfies SentToRedis;
    }
    case "close":
      await close();
      return 0;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4096, resolve));
obeyOrders<NodeOrder>(obey, (server.address() as AddressInfo).port);
