import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisIsThere } from "./redis-server.js";
import { RedisSite } from "./redis-site.js";

describe.skipIf(!redisIsThere())("Redis that stands still", () => {
  let site: RedisSite;

  beforeAll(async () => {
    site = await RedisSite.start();
  });

  afterAll(() => site?.close());

  test("keeps nobody from being told by the process that holds the request, and ends no other one", async () => {
    const [publisher, ...others] = site.cluster.nodes;
    if (publisher === undefined) throw new Error("no process runs");
    const waiting = await site.phonesAt(publisher);
    const before = waiting.map(({ told }) => told);
    const heldElsewhere = await Promise.all(others.map((node) => node.held()));
    site.redis.pause();
    const published = site.users.map((user) => {
      site.cluster.store(user);
      return publisher.ask({ kind: "publish", user });
    });
    await site.until("the publisher's phones are told", () =>
      waiting.every(({ told }, at) => told > (before[at] ?? 0)),
    );
    expect(await Promise.all(others.map((node) => node.held()))).toEqual(heldElsewhere);
    site.redis.resume();
    await Promise.all(published);
    await site.allHaveAll();
    await site.allAreHeld();
    expect([site.sum("broken"), site.sum("resyncs")]).toEqual([0, 0]);
  });

  test("lets new requests wait for a while, and then asks them to come back", async () => {
    await site.allAreHeld();
    const [node] = site.cluster.nodes;
    const [phone] = site.phones;
    if (node === undefined || phone === undefined) throw new Error("nobody is there");
    site.redis.pause();
    const device = phone.at(node);
    const pinging = device.ping({ heartbeatSeconds: 900, folders: ["inbox"] }).answer;
    const answers = await Promise.all([device.folderSync("0"), device.command("Sync"), pinging]);
    site.redis.resume();
    expect(answers.map(({ status, headers }) => [status, headers["retry-after"]])).toEqual(
      answers.map(() => [503, "1"]),
    );
    await site.allAreHeld();
  });

  test("delays by DEBUG SLEEP, and loses nothing", async () => {
    await site.allAreHeld();
    const asleep = site.admin.sendCommand(["DEBUG", "SLEEP", "3"]);
    await site.mailForAll();
    await asleep;
    await site.allHaveAll();
    await site.allAreHeld();
    expect([site.sum("broken"), site.sum("resyncs")]).toEqual([0, 0]);
  });
});
