import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisCommandCounts, redisConnectionCount } from "./redis-info.js";
import { redisIsThere } from "./redis-server.js";
import { RedisSite } from "./redis-site.js";

describe.skipIf(!redisIsThere())("Redis that is gone for a while", () => {
  let site: RedisSite;

  beforeAll(async () => {
    site = await RedisSite.start();
    await site.mailForAll();
    await site.allHaveAll();
  });

  afterAll(() => site?.close());

  async function linksLost(): Promise<number> {
    const links = await Promise.all(site.cluster.nodes.map((node) => node.links()));
    return links.filter(({ lost, restored }) => lost > restored).length;
  }

  test("lets what is held stay, has local changes told, and new requests come back later", async () => {
    await site.allAreHeld();
    const [publisher, other] = site.cluster.nodes;
    const [phone] = site.phones;
    if (publisher === undefined || other === undefined || phone === undefined) throw new Error("nobody");
    await site.redis.kill();
    await site.until("every process knows", async () => (await linksLost()) === 3);
    const refused = await phone.at(other).folderSync();
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "1"]);
    expect(await site.cluster.held()).toHaveLength(site.phones.length);
    const waiting = await site.phonesAt(publisher);
    const before = waiting.map(({ told }) => told);
    for (const user of site.users) {
      site.cluster.store(user);
      await publisher.ask({ kind: "publish", user });
    }
    await site.until("the publisher's phones are told", () =>
      waiting.every(({ told }, at) => told > (before[at] ?? 0)),
    );
    expect(await other.held()).not.toHaveLength(0);
    await site.redis.start();
    await site.allHaveAll();
    await site.allAreHeld();
    expect([site.sum("broken"), site.sum("resyncs")]).toEqual([0, 0]);
  });

  test("comes back to one comparison of each held request, and to no request of a phone", async () => {
    await site.allAreHeld();
    await Promise.all(site.cluster.nodes.map((node) => node.ask({ kind: "settle" })));
    const [requests, held] = [site.sum("requests"), (await site.cluster.held()).sort()];
    await site.redis.kill();
    await site.until("every process knows", async () => (await linksLost()) === 3);
    const markers = site.cluster.mailbox.faults.calls("marker");
    await site.redis.start();
    await site.until("every process is back", async () => (await linksLost()) === 0);
    await site.until("claims are compared", async () => {
      return ((await redisCommandCounts(site.admin))["get"] ?? 0) >= site.phones.length;
    });
    // The inbox and the folder tree of each.
    await site.until("markers are compared", () => {
      return site.cluster.mailbox.faults.calls("marker") - markers >= 2 * site.phones.length;
    });
    const { get, evalsha = 0, eval: whole = 0, hget = 0 } = await redisCommandCounts(site.admin);
    expect({ get, states: evalsha + whole + hget }).toEqual({ get: site.phones.length, states: 0 });
    // Two of each process, and the test's own.
    expect(await redisConnectionCount(site.admin)).toBeLessThanOrEqual(7);
    expect((await site.cluster.held()).sort()).toEqual(held);
    expect(site.sum("requests")).toBe(requests);
    await site.mailForAll();
    await site.allHaveAll();
    expect(site.sum("resyncs")).toBe(0);
  });
});
