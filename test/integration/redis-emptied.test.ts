import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { childText, FolderHierarchy } from "../../src/wbxml/index.js";
import { redisIsThere } from "./redis-server.js";
import { RedisSite } from "./redis-site.js";

describe.skipIf(!redisIsThere())("Redis that comes back empty", () => {
  let site: RedisSite;

  beforeAll(async () => {
    site = await RedisSite.start();
    await site.mailForAll();
    await site.allHaveAll();
  });

  afterAll(() => site?.close());

  async function empty(): Promise<void> {
    await site.redis.kill();
    await site.redis.forget();
    await site.redis.start();
  }

  test("has what is held claimed again, and each phone sync anew when it next has something to ask", async () => {
    await site.allAreHeld();
    const requests = site.sum("requests");
    await empty();
    await site.until("every held request is claimed again", async () => {
      return (await site.admin.keys("direct-push:claim:*")).length === site.phones.length;
    });
    expect(await site.admin.keys("direct-push:{*")).toEqual([]);
    expect(site.sum("requests")).toBe(requests);
    await site.mailForAll();
    await site.allHaveAll();
    await site.allAreHeld();
    expect([site.sum("broken"), site.sum("resyncs")]).toEqual([0, site.phones.length]);
    await site.mailForAll();
    await site.allHaveAll();
    expect(site.sum("resyncs")).toBe(site.phones.length);
  });

  test("has forgotten an order to erase, which takes effect when it is given again", async () => {
    const [node, other] = site.cluster.nodes;
    if (node === undefined || other === undefined) throw new Error("no process runs");
    const lost = site.phone("dan", "DAN0");
    await lost.setUp();
    const device = lost.at(other);
    const order = { kind: "wipe", user: "dan", deviceId: "DAN0" } as const;
    await node.ask(order);
    const statusNow = async (): Promise<string | undefined> =>
      childText((await device.folderSync("0")).document, FolderHierarchy.Status);
    expect(await statusNow()).toBe("140");
    await empty();
    await site.until("the processes are back", async () => {
      const links = await Promise.all(site.cluster.nodes.map((one) => one.links()));
      return links.every(({ lost: times, restored }) => times === restored);
    });
    expect(await statusNow()).toBe("1");
    await node.ask(order);
    expect(await statusNow()).toBe("140");
  });
});
