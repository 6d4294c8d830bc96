import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../examples/cluster/free-port.js";
import type { StatusOverview } from "../../src/cli/observed/status-snapshot.js";
import type { DeviceExchange, InProcessDevice } from "../../src/testing/index.js";
import { child, children, childText, FolderHierarchy, Ping } from "../../src/wbxml/index.js";
import { within } from "../contract/deadline.js";
import { wirePhone } from "../examples/wire-phone.js";
import { Dovecot, dovecotIsThere, passwordOf } from "./dovecot.js";
import { connectedClient, RedisServer, redisIsThere } from "./redis-server.js";
import { ServingProgram } from "./serving-program.js";

const password = "secret of redis";
const areThere = dovecotIsThere() && redisIsThere();

interface Node {
  readonly program: ServingProgram;
  readonly port: number;
  /** Of its page for operators. */
  readonly status: string;
}

describe.skipIf(!areThere)("direct-push serve on several machines over Redis", () => {
  let dovecot: Dovecot;
  let redis: RedisServer;
  const nodes: Node[] = [];

  beforeAll(async () => {
    dovecot = await Dovecot.start();
    redis = await RedisServer.start();
    await lock();
  });

  /** Gives Redis its password, which it forgets when it ends. */
  async function lock(): Promise<void> {
    const admin = await connectedClient(redis.url);
    await admin.configSet("requirepass", password);
    admin.destroy();
  }

  afterAll(async () => {
    await dovecot?.remove();
    await redis?.close();
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(({ program }) => program.kill()));
  });

  function environment(): Record<string, string> {
    const url = new URL(redis.url);
    url.password = password;
    return { DIRECT_PUSH_REDIS_URL: url.href, DIRECT_PUSH_PASSWORD: passwordOf("alice") };
  }

  async function serve(...more: readonly string[]): Promise<Node> {
    const port = await freePort();
    const program = new ServingProgram(
      [
        ...["--imap", `imap://127.0.0.1:${dovecot.imapPort}`, "--host", "127.0.0.1", "--port", String(port)],
        ...["--drain", "1s", "--status-port", "0", ...more],
      ],
      environment(),
    );
    const started = await program.says("started");
    expect(JSON.stringify(started)).not.toContain(encodeURIComponent(password));
    const node = { program, port, status: String(started["status"]) };
    nodes.push(node);
    return node;
  }

  /** A phone at a node; the inbox, where it has synced it at another one. */
  function phoneAt(
    { port }: Node,
    from?: { readonly phone: InProcessDevice; readonly inbox: string },
  ): InProcessDevice {
    const phone = wirePhone(port, { user: "alice", password: passwordOf("alice") });
    if (from !== undefined) phone.setSyncKey(from.inbox, from.phone.syncKeyOf(from.inbox));
    return phone;
  }

  async function synced(phone: InProcessDevice): Promise<string> {
    const { document } = await within("FolderSync", phone.folderSync());
    const changes = children(child(document, FolderHierarchy.Changes), FolderHierarchy.Add);
    const inbox = changes.find((folder) => childText(folder, FolderHierarchy.Type) === "2");
    const id = childText(inbox, FolderHierarchy.ServerId) ?? "";
    await within("the first Sync", phone.syncAll(id));
    return id;
  }

  async function statusOf(exchange: DeviceExchange): Promise<string | undefined> {
    return childText((await within("the answer to a Ping", exchange.answer)).document, Ping.Status);
  }

  async function overviewAt({ status }: Node): Promise<StatusOverview> {
    return (await (await fetch(`${status}/status.json`)).json()) as StatusOverview;
  }

  /** Waits until nothing is asked of Redis any more: all that is held has been compared. */
  async function untilQuiet(): Promise<void> {
    const admin = await connectedClient(environment()["DIRECT_PUSH_REDIS_URL"] ?? "");
    const asked = async (): Promise<string> =>
      (await admin.info("commandstats"))
        .split("\r\n")
        .filter((line) => /^cmdstat_(hget|eval|evalsha|spublish|get):/.test(line))
        .map((line) => /calls=\d+/.exec(line)?.[0])
        .join();
    for (let quiet = 0, last = ""; quiet < 10; quiet += 1) {
      const now = await asked();
      if (now !== last) quiet = 0;
      last = now;
      await pause(100);
    }
    admin.destroy();
  }

  /** Waits until a node's page says that so many Pings are held, on all nodes together. */
  async function untilHeld(count: number, node: Node): Promise<StatusOverview> {
    const wait = async (): Promise<StatusOverview> => {
      for (;;) {
        const overview = await overviewAt(node);
        if (overview.held.Ping === count) return overview;
        await pause(50);
      }
    };
    return await within(`${count} held Pings`, wait());
  }

  it("is one server: superseding, pushes, the page, and a node that is killed", async () => {
    const [first, second] = await Promise.all([serve(), serve("--workers", "2")]);
    const phone = phoneAt(first);
    const inbox = await synced(phone);
    const atSecond = phoneAt(second, { phone, inbox });

    const older = phone.ping({ heartbeatSeconds: 900, folders: [inbox] });
    await untilHeld(1, second);
    const newer = atSecond.ping({ heartbeatSeconds: 900, folders: [inbox] });
    expect(await statusOf(older)).toBe("1");
    const overview = await untilHeld(1, first);
    const withoutHost = overview.nodes.map(({ node }) => node.slice(node.indexOf(":")));
    expect(withoutHost).toEqual(
      [`:${first.port}`, `:${second.port} worker 1`, `:${second.port} worker 2`].sort(),
    );
    expect(overview.devices.rows).toHaveLength(1);
    expect(overview.devices.rows[0]?.node).toContain(`:${second.port} worker`);
    expect(await (await fetch(`${second.status}/`)).text()).toContain(`:${first.port}`);

    await dovecot.deliver("alice", "to the second");
    expect(await statusOf(newer)).toBe("2");
    expect((await within("a Sync", atSecond.sync(inbox))).added).toHaveLength(1);

    // The first one may be it that watches the mailbox: another has to take over.
    const again = atSecond.ping({ heartbeatSeconds: 900, folders: [inbox] });
    await untilHeld(1, first);
    first.program.signal("SIGKILL");
    await first.program.ends();
    await dovecot.deliver("alice", "after the kill");
    expect(await statusOf(again)).toBe("2");
    expect((await within("a Sync", atSecond.sync(inbox))).added).toHaveLength(1);
    expect((await overviewAt(second)).nodes).toHaveLength(2);
    second.program.signal("SIGTERM");
    expect(await second.program.ends()).toBe(0);
  });

  it("holds what it holds while Redis is away, and says so", async () => {
    const node = await serve();
    const phone = phoneAt(node);
    const inbox = await synced(phone);
    const held = phone.ping({ heartbeatSeconds: 900, folders: [inbox] });
    await untilHeld(1, node);
    await untilQuiet();
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
    await lock();
    await node.program.says("redis-restored");
    await dovecot.deliver("alice", "after Redis was away");
    expect(await statusOf(held)).toBe("2");
    node.program.signal("SIGTERM");
    expect(await node.program.ends()).toBe(0);
  });

  it("says with --check what the state is in", async () => {
    const args = ["--import", "tsx", "src/cli/main.ts", "serve", "--check", "--user", "alice"];
    const imap = ["--imap", `imap://127.0.0.1:${dovecot.imapPort}`];
    const run = (more: Record<string, string>) =>
      promisify(execFile)(process.execPath, [...args, ...imap], {
        env: { ...process.env, ...environment(), ...more },
      });
    const { stdout } = await run({});
    expect(stdout).toMatch(/ok {4}the state in Redis \d+\.\d+\.\d+ at redis:\/\/127\.0\.0\.1:\d+\n/);
    expect(stdout).toMatch(/Phones can come\.\n$/);
    const wrong = { DIRECT_PUSH_REDIS_URL: `redis://:hunter2@127.0.0.1:${redis.port}` };
    await expect(run(wrong)).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /\nFAIL {2}Redis at redis:\/\/127\.0\.0\.1:\d+ cannot be used: WRONGPASS [^\n]*\nNot all is well\.\n$/,
      ),
      stderr: "",
    });
  });
});
