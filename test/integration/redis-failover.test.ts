import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisStateStore } from "../../src/redis/index.js";
import { within } from "../contract/deadline.js";
import { RedisMasters } from "./redis-masters.js";
import { PhoneSite } from "./redis-phone-site.js";
import { connectedCluster, redisIsThere } from "./redis-server.js";
import { twoProcesses } from "./redis-two-processes.js";

const pairs = [0, 1, 2] as const;

describe.skipIf(!redisIsThere())("over a Redis Cluster whose masters have replicas", () => {
  let masters: RedisMasters;

  beforeAll(async () => {
    masters = await RedisMasters.start({ haveReplicas: true });
  });

  afterAll(() => masters?.close());

  test("a replica that takes over is heard, whichever node of the cluster a process was told of", async () => {
    const processes = await twoProcesses(masters, "told:", masters.urls.slice(0, 1));
    await processes.hearsAll();
    for (const pair of [...pairs, 0] as const) {
      const since = processes.links.length;
      await masters.failOver(pair);
      await processes.isRestored(since);
      await processes.hearsAll();
    }
    // The one node that the processes were told of is master again by now.
    const since = processes.links.length;
    const startAgain = await masters.killMaster(0, async () => {});
    await processes.isRestored(since);
    await processes.hearsAll();
    await startAgain();
    await processes.hearsAll();
    await processes.close();
  });

  test("a master that died before a process had heard of it is not waited for once it has a successor", async () => {
    const client = await connectedCluster(masters.urls);
    // The client of a store is looked after.
    redisStateStore(client);
    // Of the first master: the slot is 0.
    const key = "3560";
    await client.get(key);
    await masters.failOver(0);
    const reads = async (): Promise<void> => {
      while ((await client.get(key).catch(() => "away")) === "away") await pause(50);
    };
    // Its first question after the failover: the old master names a new one that is dead.
    let read = Promise.resolve();
    const startAgain = await masters.killMaster(0, async () => {
      read = reads();
    });
    await within("the successor to be found", read);
    await startAgain();
    client.destroy();
  });

  describe("three processes", () => {
    let site: PhoneSite;

    beforeAll(async () => {
      site = new PhoneSite(masters.urls);
      await site.start();
    });

    afterAll(() => site?.close());

    test("lose nothing when each master in turn makes way for its replica", async () => {
      for (const pair of pairs) {
        await masters.failOver(pair);
        await site.mailForAll();
      }
      await site.allHaveAll();
      await site.allAreHeld();
      expect([site.sum("broken"), site.sum("resyncs")]).toEqual([0, 0]);
    });

    test("lose nothing when a master is killed", async () => {
      for (const pair of pairs) {
        await site.allAreHeld();
        const startAgain = await masters.killMaster(pair, () => site.mailForAll());
        await site.mailForAll();
        await site.allHaveAll();
        await startAgain();
      }
      await site.allAreHeld();
      await site.mailForAll();
      await site.allHaveAll();
      expect([site.sum("broken"), site.sum("resyncs")]).toEqual([0, 0]);
    });

    test("lose nothing when a master is killed that has just taken over", async () => {
      await masters.failOver(0);
      const startAgain = await masters.killMaster(0, () => site.mailForAll());
      await site.mailForAll();
      await site.allHaveAll();
      await startAgain();
      await site.allAreHeld();
      expect([site.sum("broken"), site.sum("resyncs")]).toEqual([0, 0]);
    });
  });
});
