import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RedisRelay, redisRelay, redisStateStore } from "../../src/redis/index.js";
import { relayContract } from "../../src/testing/relay-contract.js";
import { stateStoreContract } from "../../src/testing/state-store-contract.js";
import { until } from "../contract/deadline.js";
import { RedisMasters } from "./redis-masters.js";
import { PhoneSite } from "./redis-phone-site.js";
import { connectedCluster, redisIsThere, type TestClusterClient } from "./redis-server.js";
import { twoProcesses } from "./redis-two-processes.js";

describe.skipIf(!redisIsThere())("over a Redis Cluster of three masters", () => {
  let masters: RedisMasters;
  let client: TestClusterClient;
  let prefixes = 0;
  const newPrefix = (): string => {
    prefixes += 1;
    return `test-${prefixes}:`;
  };

  beforeAll(async () => {
    masters = await RedisMasters.start();
    client = await connectedCluster(masters.urls);
  });

  afterAll(async () => {
    client?.destroy();
    await masters?.close();
  });

  describe("the state store", () => {
    for (const { name, run } of stateStoreContract(() => redisStateStore(client, { prefix: newPrefix() }))) {
      test(name, run);
    }
  });

  describe("the relay", () => {
    const contract = relayContract(() => {
      const prefix = newPrefix();
      const opened = new Map<string, { relay: RedisRelay; own: TestClusterClient }>();
      return {
        async connect() {
          const own = await connectedCluster(masters.urls);
          const relay = await redisRelay(own, { prefix, goneAfterMs: 500 });
          opened.set(relay.id, { relay, own });
          return relay;
        },
        async kill({ id }) {
          opened.get(id)?.own.destroy();
        },
        async interrupt() {
          await masters.onEach(["CLIENT", "KILL", "TYPE", "pubsub"]);
        },
        async close() {
          for (const { relay, own } of opened.values()) {
            await relay.close();
            if (own.isOpen) own.destroy();
          }
        },
      };
    });
    for (const { name, run } of contract) test(name, run);
  });

  test("slots that are moved to another master are found again, and nothing is missed in silence", async () => {
    const processes = await twoProcesses(masters, newPrefix());
    await processes.hearsAll();
    const slots = await processes.slots();
    for (const slot of slots) await masters.moveSlot(slot);
    await until("it to be told", () => processes.links.includes("restored"));
    await until("it to be over", () => processes.links.at(-1) === "restored");
    await processes.hearsAll();
    await processes.close();
  });

  test("a master that is killed and started again is found again", async () => {
    const processes = await twoProcesses(masters, newPrefix());
    await processes.hearsAll();
    const [server] = masters.servers;
    await server?.kill();
    await until("the loss to be told", () => processes.links.at(-1) === "lost");
    await server?.start();
    await masters.isWhole();
    await until("the end of it to be told", () => processes.links.at(-1) === "restored");
    await processes.hearsAll();
    await processes.close();
  });

  describe("three processes", () => {
    let site: PhoneSite;

    beforeAll(async () => {
      site = new PhoneSite(masters.urls);
      await site.start();
    });

    afterAll(() => site?.close());

    test("are one server, also while slots are moved under load and after a master was away", async () => {
      await site.mailForAll();
      await site.allHaveAll();
      for (const { user, deviceId } of site.phones) {
        const names = [`direct-push:topic:mailbox/${user}`, `direct-push:{${user}/${deviceId}}`];
        for (const name of names) await masters.moveSlot(await masters.slotOf(name));
        await site.cluster.deliver(user);
      }
      await site.allHaveAll();
      await site.allAreHeld();
      expect([site.sum("broken"), site.sum("turnedAway"), site.sum("resyncs")]).toEqual([0, 0, 0]);
      const [server] = masters.servers;
      await server?.kill();
      await site.mailForAll();
      await server?.start();
      await masters.isWhole();
      await site.allHaveAll();
      await site.allAreHeld();
      expect([site.sum("broken"), site.sum("resyncs")]).toEqual([0, 0]);
    });
  });
});
