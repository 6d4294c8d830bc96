import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RedisCounts } from "../../bench/cluster/redis-counts.js";
import { createDirectPush, type DirectPush, type PublishedSource, publishedSource } from "../../src/index.js";
import { type RedisRelay, redisRelay, redisStateStore } from "../../src/redis/index.js";
import { InProcessDevice, MemoryMailbox } from "../../src/testing/index.js";
import { connectedClient, RedisServer, redisIsThere, type TestClient } from "./redis-server.js";

const user = "alice@example.com";
const mail = "From: bob@example.com\r\nTo: alice@example.com\r\nSubject: hello\r\n\r\nhello\r\n";

describe.skipIf(!redisIsThere())("what a phone costs Redis", () => {
  const counts = new RedisCounts();
  const mailbox = new MemoryMailbox();
  let server: RedisServer;
  let client: TestClient;
  let relay: RedisRelay;
  let source: PublishedSource;
  let directPush: DirectPush;
  let phone: InProcessDevice;

  beforeAll(async () => {
    server = await RedisServer.start();
    client = await connectedClient(server.url);
    const counted = counts.counted(client);
    relay = await redisRelay(counted);
    source = publishedSource(mailbox, relay);
    directPush = createDirectPush({
      mailbox,
      source,
      relay,
      state: redisStateStore(counted),
      gatherMs: 0,
      authenticate: async () => ({ kind: "user", user }),
    });
    phone = new InProcessDevice(directPush);
    for (let count = 0; count < 50; count += 1) mailbox.deliver(user, mail);
    await phone.folderSync();
    await phone.syncAll("inbox");
    await phone.sync("inbox");
    await ping(true);
  });

  afterAll(async () => {
    await directPush?.close();
    source?.close();
    await relay?.close();
    client?.destroy();
    await server?.close();
  });

  /** Holds a Ping until a mail arrives, or until it is told to stop. */
  async function ping(isWoken: boolean): Promise<() => Promise<void>> {
    const exchange = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    while (directPush.heldCount === 0) await pause(1);
    await settled();
    const end = async (): Promise<void> => {
      const id = mailbox.deliver(user, mail);
      expect(id).toBeDefined();
      await source.publish(user, "inbox");
      await exchange.answer;
    };
    if (isWoken) await end();
    return end;
  }

  /** Resolves when nothing has been sent for a while. */
  async function settled(): Promise<void> {
    for (let quiet = 0, last = counts.commands; quiet < 5; quiet += 1) {
      await pause(10);
      if (counts.commands !== last) quiet = 0;
      last = counts.commands;
    }
  }

  test("at most 3 round trips for a Ping, and nothing while it is held", async () => {
    await phone.sync("inbox");
    let end = async (): Promise<void> => {};
    const held = await counts.during(async () => {
      end = await ping(false);
    });
    console.log(`a Ping until it is held: ${held.roundTrips} round trips, ${held.commands} commands`);
    expect(held.roundTrips).toBeLessThanOrEqual(3);
    expect(await counts.during(() => pause(500))).toEqual({ commands: 0, roundTrips: 0 });
    const woken = await counts.during(async () => {
      await end();
      await settled();
    });
    console.log(`waking it: ${woken.roundTrips} round trips, ${woken.commands} commands`);
  });

  test("at most 4 round trips for a Sync of one collection", async () => {
    mailbox.deliver(user, mail);
    const bringing = await counts.during(async () => {
      expect((await phone.sync("inbox")).added.length).toBeGreaterThan(0);
      await settled();
    });
    const quiet = await counts.during(async () => {
      await phone.sync("inbox");
      await settled();
    });
    console.log(
      `a Sync that brings a mail: ${bringing.roundTrips} round trips, ${bringing.commands} commands; one that brings nothing: ${quiet.roundTrips}, ${quiet.commands}`,
    );
    expect(bringing.roundTrips).toBeLessThanOrEqual(4);
    expect(quiet.roundTrips).toBeLessThanOrEqual(4);
  });

  test("at most 2 kB of memory for a device, beyond the state of its items", async () => {
    let bytes = 0;
    for (const key of await client.keys("*")) {
      if (key.includes("present:")) continue;
      if (key.startsWith("direct-push:{")) {
        const items = (await client.hKeys(key)).filter((field) => /^(known|collection)\//.test(field));
        await client.hDel(key, items);
      }
      bytes += Number(await client.memoryUsage(key, { SAMPLES: 0 }));
    }
    console.log(`${bytes} B for a device beyond the state of its items`);
    expect(bytes).toBeLessThanOrEqual(2_048);
  });
});
