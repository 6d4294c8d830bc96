import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RedisRelay, redisRelay, redisStateStore } from "../../src/redis/index.js";
import type { LinkState } from "../../src/relay/relay.js";
import { relayContract } from "../../src/testing/relay-contract.js";
import { stateStoreContract } from "../../src/testing/state-store-contract.js";
import { until } from "../contract/deadline.js";
import { RedisMasters } from "./redis-masters.js";
import { PhoneSite } from "./redis-phone-site.js";
import { connectedCluster, redisIsThere, type TestClusterClient } from "./redis-server.js";

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

  /** Two processes, and what the second one hears. */
  async function twoProcesses() {
    const prefix = newPrefix();
    const own = await connectedCluster(masters.urls);
    const [one, other] = [await redisRelay(client, { prefix }), await redisRelay(own, { prefix })];
    const heard: string[] = [];
    const links: LinkState[] = [];
    for (const topic of topics) await other.subscribe(topic, () => heard.push(topic));
    other.onOvertaken((name) => heard.push(name));
    other.onLink((link) => links.push(link));
    return {
      links,
      /** Where a topic's channel and a name's claims lie. */
      slots: async () => [
        ...(await Promise.all(topics.map((topic) => masters.slotOf(`${prefix}topic:${topic}`)))),
        ...(await Promise.all(Array.from({ length: 64 }, (_, part) => masters.slotOf(`{${part}}`)))),
      ],
      /** Everything that is told and overtaken reaches the second. */
      hearsAll: async () => {
        heard.length = 0;
        for (const name of names) await other.claim(name);
        for (const name of names) await one.claim(name);
        for (const topic of topics) await one.publish(topic, "changed");
        const all = [...names, ...topics].sort();
        await until("everything to be heard", () => new Set(heard).size === all.length);
        expect([...new Set(heard)].sort()).toEqual(all);
      },
      close: async () => {
        await Promise.all([one.close(), other.close()]);
        own.destroy();
      },
    };
  }

  test("slots that are moved to another master are found again, and nothing is missed in silence", async () => {
    const processes = await twoProcesses();
    await processes.hearsAll();
    const slots = await processes.slots();
    for (const slot of slots) await masters.moveSlot(slot);
    await until("it to be told", () => processes.links.includes("restored"));
    await until("it to be over", () => processes.links.at(-1) === "restored");
    await processes.hearsAll();
    await processes.close();
  });

  test("a master that is killed and started again is found again", async () => {
    const processes = await twoProcesses();
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

const topics = Array.from({ length: 30 }, (_, at) => `mailbox/user ${at}`);
const names = Array.from({ length: 30 }, (_, at) => `user ${at} device Ping`);
