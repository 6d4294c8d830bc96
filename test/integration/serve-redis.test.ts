import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { within } from "../contract/deadline.js";
import { wirePhone } from "../examples/wire-phone.js";
import { dovecotIsThere, passwordOf } from "./dovecot.js";
import { connectedClient, RedisServer, redisIsThere } from "./redis-server.js";
import { nothingIsAsked, overviewAt, redisPassword, ServeRedisSite, statusOf } from "./serve-redis-site.js";
import { synced } from "./synced-inbox.js";

const areThere = dovecotIsThere() && redisIsThere();

describe.skipIf(!areThere)("direct-push serve on several machines over Redis", () => {
  let redis: RedisServer;
  let site: ServeRedisSite;

  beforeAll(async () => {
    redis = await RedisServer.start({ password: redisPassword });
    site = await ServeRedisSite.start([redis.url]);
  });

  afterAll(async () => {
    await site?.close();
    await redis?.close();
  });
  afterEach(() => site.endServers());

  it("is one server: superseding, pushes, the page, and a node that is killed", async () => {
    const [first, second] = await Promise.all([site.serve(), site.serve("--workers", "2")]);
    const phone = site.phoneAt(first);
    const inbox = await synced(phone);
    const atSecond = site.phoneAt(second, { phone, inbox });

    const older = phone.ping({ heartbeatSeconds: 900, folders: [inbox] });
    await site.untilHeld(1, second);
    const newer = atSecond.ping({ heartbeatSeconds: 900, folders: [inbox] });
    expect(await statusOf(older)).toBe("1");
    const overview = await site.untilHeld(1, first);
    const withoutHost = overview.nodes.map(({ node }) => node.slice(node.indexOf(":")));
    expect(withoutHost).toEqual(
      [`:${first.port}`, `:${second.port} worker 1`, `:${second.port} worker 2`].sort(),
    );
    expect(overview.devices.rows).toHaveLength(1);
    expect(overview.devices.rows[0]?.node).toContain(`:${second.port} worker`);
    expect(await (await fetch(`${second.status}/`)).text()).toContain(`:${first.port}`);

    await site.dovecot.deliver("alice", "to the second");
    expect(await statusOf(newer)).toBe("2");
    expect((await within("a Sync", atSecond.sync(inbox))).added).toHaveLength(1);

    // The first one may be it that watches the mailbox: another has to take over.
    const again = atSecond.ping({ heartbeatSeconds: 900, folders: [inbox] });
    await site.untilHeld(1, first);
    first.program.signal("SIGKILL");
    await first.program.ends();
    await site.dovecot.deliver("alice", "after the kill");
    expect(await statusOf(again)).toBe("2");
    expect((await within("a Sync", atSecond.sync(inbox))).added).toHaveLength(1);
    expect((await overviewAt(second)).nodes).toHaveLength(2);
    second.program.signal("SIGTERM");
    expect(await second.program.ends()).toBe(0);
  });

  it("holds what it holds while Redis is away, and says so", async () => {
    const node = await site.serve();
    const phone = site.phoneAt(node);
    const inbox = await synced(phone);
    const held = phone.ping({ heartbeatSeconds: 900, folders: [inbox] });
    await site.untilHeld(1, node);
    const admin = await connectedClient(redis.url);
    await nothingIsAsked(() => admin.info("commandstats"));
    admin.destroy();
    await redis.kill();
    await node.program.says("redis-lost");
    const other = wirePhone(node.port, {
      user: "alice",
      password: passwordOf("alice"),
      deviceId: "OTHER",
    });
    const refused = await within("the refusal", other.folderSync());
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, expect.any(String)]);
    expect((await overviewAt(node)).held.Ping).toBe(1);
    await redis.start();
    await node.program.says("redis-restored");
    await site.dovecot.deliver("alice", "after Redis was away");
    expect(await statusOf(held)).toBe("2");
    node.program.signal("SIGTERM");
    expect(await node.program.ends()).toBe(0);
  });

  it("says with --check what the state is in", async () => {
    const stdout = await site.check();
    expect(stdout).toMatch(/ok {4}the state in Redis \d+\.\d+\.\d+ at redis:\/\/127\.0\.0\.1:\d+\n/);
    expect(stdout).toMatch(/Phones can come\.\n$/);
    const wrong = { DIRECT_PUSH_REDIS_URL: `redis://:hunter2@127.0.0.1:${redis.port}` };
    await expect(site.check(wrong)).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /\nFAIL {2}Redis at redis:\/\/127\.0\.0\.1:\d+ cannot be used: WRONGPASS [^\n]*\nNot all is well\.\n$/,
      ),
      stderr: "",
    });
  });
});
