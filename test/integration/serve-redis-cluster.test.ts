import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { within } from "../contract/deadline.js";
import { dovecotIsThere } from "./dovecot.js";
import { RedisMasters } from "./redis-masters.js";
import { redisIsThere } from "./redis-server.js";
import { nothingIsAsked, redisPassword, ServeRedisSite, statusOf } from "./serve-redis-site.js";
import { synced } from "./synced-inbox.js";

const areThere = dovecotIsThere() && redisIsThere();

describe.skipIf(!areThere)("direct-push serve over a Redis Cluster", () => {
  let masters: RedisMasters;
  let site: ServeRedisSite;

  beforeAll(async () => {
    masters = await RedisMasters.start({ haveReplicas: true, password: redisPassword });
    // One of them is enough to find the others.
    site = await ServeRedisSite.start(masters.urls.slice(0, 1));
  });

  afterAll(async () => {
    await site?.close();
    await masters?.close();
  });

  it("says with --check what the state is in", async () => {
    const place = masters.servers.slice(0, 1).map(({ port }) => `redis://127.0.0.1:${port}`);
    expect(await site.check()).toMatch(
      new RegExp(`ok {4}the state in a Redis Cluster of 3 masters \\(Redis 7\\.[\\d.]+\\) at ${place}\n`),
    );
    // Given several, it does not ask the first what it is.
    expect(await site.check({ DIRECT_PUSH_REDIS_URL: masters.urls.join(" ") })).toMatch(
      /Phones can come\.\n$/,
    );
  });

  it("is one server, also after the master that it was told of is killed", async () => {
    const [first, second] = await Promise.all([site.serve(), site.serve()]);
    const phone = site.phoneAt(first);
    const inbox = await synced(phone);
    const atSecond = site.phoneAt(second, { phone, inbox });

    const older = phone.ping({ heartbeatSeconds: 900, folders: [inbox] });
    await site.untilHeld(1, second);
    const newer = atSecond.ping({ heartbeatSeconds: 900, folders: [inbox] });
    expect(await statusOf(older)).toBe("1");
    await site.untilHeld(1, first);
    await nothingIsAsked(async () => (await masters.onEach(["INFO", "commandstats"])).join("\r\n"));

    const programs = [first, second].map(({ program }) => ({ program, from: program.lines.length }));
    const allSay = async (event: string): Promise<void> => {
      for (const { program, from } of programs) await program.says(event, () => true, from);
    };
    const startAgain = await masters.killMaster(0, () => allSay("redis-lost"));
    await allSay("redis-restored");
    await site.dovecot.deliver("alice", "after the kill");
    expect(await statusOf(newer)).toBe("2");
    expect((await within("a Sync", atSecond.sync(inbox))).added).toHaveLength(1);

    await startAgain();
    const last = atSecond.ping({ heartbeatSeconds: 900, folders: [inbox] });
    await site.untilHeld(1, first);
    await site.dovecot.deliver("alice", "with all of them");
    expect(await statusOf(last)).toBe("2");
    for (const { program } of [first, second]) {
      program.signal("SIGTERM");
      expect(await program.ends()).toBe(0);
    }
  });
});
