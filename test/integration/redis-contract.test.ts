import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RedisCounts } from "../../bench/cluster/redis-counts.js";
import { relayedSource } from "../../src/index.js";
import { type RedisRelay, redisRelay, redisStateStore } from "../../src/redis/index.js";
import { MockChangeSource } from "../../src/testing/index.js";
import { relayContract } from "../../src/testing/relay-contract.js";
import { stateStoreContract } from "../../src/testing/state-store-contract.js";
import { until } from "../contract/deadline.js";
import { connectedClient, RedisServer, redisIsThere, type TestClient } from "./redis-server.js";

describe.skipIf(!redisIsThere())("over Redis", () => {
  let server: RedisServer;
  let client: TestClient;
  let prefixes = 0;
  const newPrefix = (): string => {
    prefixes += 1;
    return `test-${prefixes}:`;
  };

  beforeAll(async () => {
    server = await RedisServer.start();
    client = await connectedClient(server.url);
  });

  afterAll(async () => {
    client?.destroy();
    await server?.close();
  });

  describe("the state store", () => {
    for (const { name, run } of stateStoreContract(() => redisStateStore(client, { prefix: newPrefix() }))) {
      test(name, run);
    }

    test("a device is one key, which lives on while its device record is read", async () => {
      const prefix = newPrefix();
      const store = redisStateStore(client, { prefix, forgetAfterDays: 8 });
      await store.write("device/alice/D1", "{}", undefined);
      await store.write("collection/alice/D1/inbox", "{}", undefined);
      await store.write("known/alice/D1/inbox/g.0", "{}", undefined);
      const key = `${prefix}{alice/D1}`;
      expect(await client.keys(`${prefix}*`)).toEqual([key]);
      expect(await client.hLen(key)).toBe(3);
      const day = 86_400;
      expect(await client.ttl(key)).toBeGreaterThan(8 * day - 60);
      await client.expire(key, 7 * day + 60);
      await store.read("device/alice/D1");
      expect(await client.ttl(key)).toBeLessThanOrEqual(7 * day + 60);
      await client.expire(key, 6 * day);
      await store.read("collection/alice/D1/inbox");
      expect(await client.ttl(key)).toBeLessThanOrEqual(6 * day);
      await store.read("device/alice/D1");
      expect(await client.ttl(key)).toBeGreaterThan(8 * day - 60);
    });

    test("a device that is to be erased is not forgotten, until the order is taken back", async () => {
      const prefix = newPrefix();
      const store = redisStateStore(client, { prefix, forgetAfterDays: 8 });
      const key = `${prefix}{alice/D1}`;
      const named = JSON.stringify({ model: 'a "wipe": in a name' });
      const first = await store.write("device/alice/D1", named, undefined);
      expect(await client.ttl(key)).toBeGreaterThan(0);
      const order = JSON.stringify({ wipe: { scope: "device", state: "requested" } });
      const ordered = await store.write("device/alice/D1", order, first);
      expect(await client.ttl(key)).toBe(-1);
      await store.write("collection/alice/D1/inbox", "{}", undefined);
      await store.read("device/alice/D1");
      expect(await client.ttl(key)).toBe(-1);
      await store.write("device/alice/D1", "{}", ordered);
      expect(await client.ttl(key)).toBeGreaterThan(0);
    });

    test("what is a user's and no device's is not forgotten", async () => {
      const prefix = newPrefix();
      const store = redisStateStore(client, { prefix, forgetAfterDays: 8 });
      await store.write("imap-folders/alice/", "{}", undefined);
      expect(await client.ttl(`${prefix}{alice/}`)).toBe(-1);
    });

    test("a small change writes one small field", async () => {
      const prefix = newPrefix();
      const store = redisStateStore(client, { prefix });
      for (let bucket = 0; bucket < 100; bucket += 1) {
        await store.write(`known/alice/D1/inbox/g.${bucket}`, "x".repeat(1_000), undefined);
      }
      const before = await receivedBytes(client);
      await store.write("device/alice/D1", "{}", undefined);
      expect((await receivedBytes(client)) - before).toBeLessThan(1_500);
    });

    test("each operation is one round trip", async () => {
      const counts = new RedisCounts();
      const store = redisStateStore(counts.counted(client), { prefix: newPrefix() });
      // The server learns the scripts from the first ones.
      await store.read("device/alice/D1");
      await store.write("device/alice/D1", "{}", undefined);
      let version: string | undefined;
      const operations = [
        async () => {
          version = (await store.read("device/alice/D1"))?.version;
        },
        async () => {
          expect(await store.write("device/alice/D1", "{ }", version)).toBeDefined();
        },
        async () => {
          expect(await store.write("device/alice/D1", "{}", version)).toBeUndefined();
        },
        () => store.read("collection/alice/D1/inbox"),
        () => store.delete("device/alice/D1"),
      ];
      for (const operation of operations) {
        expect(await counts.during(operation)).toEqual({ commands: 1, roundTrips: 1 });
      }
    });

    test("a version from before a loss of data is none afterwards", async () => {
      const prefix = newPrefix();
      const store = redisStateStore(client, { prefix });
      const before = await store.write("device/alice/D1", "one", undefined);
      await client.del(`${prefix}{alice/D1}`);
      await store.write("device/alice/D1", "two", undefined);
      expect(await store.write("device/alice/D1", "three", before)).toBeUndefined();
    });

    test("a server that lost its scripts gets them anew", async () => {
      const store = redisStateStore(client, { prefix: newPrefix() });
      const version = await store.write("device/alice/D1", "one", undefined);
      await client.scriptFlush();
      expect(await store.write("device/alice/D1", "two", version)).toBeDefined();
      await client.scriptFlush();
      expect((await store.read("device/alice/D1"))?.value).toBe("two");
    });
  });

  describe("the relay", () => {
    const contract = relayContract(() => {
      const prefix = newPrefix();
      const opened: { relay: RedisRelay; client: TestClient }[] = [];
      const clientOf = (id: string): TestClient => {
        const found = opened.find(({ relay }) => relay.id === id);
        if (found === undefined) throw new Error("no such process");
        return found.client;
      };
      return {
        async connect() {
          const own = await connectedClient(server.url);
          const relay = await redisRelay(own, { prefix, goneAfterMs: 500 });
          opened.push({ relay, client: own });
          return relay;
        },
        async kill(relay) {
          const own = clientOf(relay.id);
          own.destroy();
        },
        async interrupt() {
          await client.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
        },
        async close() {
          for (const { relay, client: own } of opened) {
            await relay.close();
            if (own.isOpen) own.destroy();
          }
        },
      };
    });
    for (const { name, run } of contract) test(name, run);

    /** Two processes, each with a mail server that it could watch, and who hears of a change there. */
    async function watchers() {
      const prefix = newPrefix();
      const clients = [await connectedClient(server.url), await connectedClient(server.url)] as const;
      const relays = await Promise.all(clients.map((own) => redisRelay(own, { prefix, goneAfterMs: 500 })));
      const mails = relays.map(() => new MockChangeSource());
      const heard: number[] = [];
      const sources = relays.map((relay, at) =>
        relayedSource(mails[at] as MockChangeSource, relay, { lingerMs: 0 }),
      );
      const stops: (() => void)[] = [];
      for (const [at, source] of sources.entries()) {
        stops.push(await source.watch({ user: "alice" }, ["inbox"], () => heard.push(at)));
      }
      return {
        prefix,
        relays,
        watching: () => mails.map(({ watchesOpen }) => watchesOpen),
        stop: () => {
          for (const stop of stops) stop();
        },
        async bothHear() {
          heard.length = 0;
          for (const mail of mails) mail.change("alice", "inbox");
          await until("both to hear", () => new Set(heard).size === 2);
        },
        async kill(at: 0 | 1) {
          clients[at].destroy();
        },
        async close() {
          for (const source of sources) source.close();
          for (const relay of relays) await relay.close();
          for (const own of clients) if (own.isOpen) own.destroy();
        },
      };
    }

    test("one process watches a mailbox and tells the others, and another once that one is gone", async () => {
      const processes = await watchers();
      expect(processes.watching()).toEqual([1, 0]);
      await processes.bothHear();
      await processes.kill(0);
      await until("the other to watch", () => processes.watching()[1] === 1);
      await processes.close();
    });

    test("a mailbox is subscribed to by a process once, and only while somebody watches it", async () => {
      const processes = await watchers();
      const topic = `${processes.prefix}topic:mailbox/alice`;
      const subscribers = async (): Promise<number> => Number((await client.pubSubShardNumSub(topic))[topic]);
      expect(await subscribers()).toBe(2);
      processes.stop();
      while ((await subscribers()) > 0) await pause(10);
      await processes.close();
    });
  });

  test("options out of their bounds are named", async () => {
    expect(() => redisStateStore(client, { forgetAfterDays: 0 })).toThrow(
      "forgetAfterDays must be a whole number from 1 to 3650, got 0",
    );
    expect(() => redisStateStore(client, { prefix: "{x}" })).toThrow("prefix must be at most 100 characters");
    await expect(redisRelay(client, { goneAfterMs: 1 })).rejects.toThrow(
      "goneAfterMs must be a whole number from 500 to 600000, got 1",
    );
  });
});

async function receivedBytes(client: TestClient): Promise<number> {
  const info = await client.info("stats");
  return Number(/total_net_input_bytes:(\d+)/.exec(info)?.[1]);
}
