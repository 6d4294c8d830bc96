import { describe, expect, test } from "vitest";
import type { DeviceQuery } from "../../../../src/cli/observed/device-query.js";
import { totalOf } from "../../../../src/cli/observed/histogram.js";
import { meanPerSecond } from "../../../../src/cli/observed/second-counts.js";
import { StatusCollector } from "../../../../src/cli/observed/status-collector.js";
import { mergeSnapshots, type StatusSnapshot } from "../../../../src/cli/observed/status-snapshot.js";
import { createDirectPush } from "../../../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../../src/testing/index.js";
import { observedServer } from "./observed-server.js";

const query: DeviceQuery = { text: "", show: "known", order: "name", after: undefined, limit: 50 };
const user = "alice@example.com";

async function setUp(node = "server") {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox();
  const server = createDirectPush({
    mailbox,
    source: mailbox,
    clock,
    authenticate: async (attempt) =>
      attempt.kind === "basic" && attempt.password === "secret"
        ? { kind: "user", user: attempt.user }
        : { kind: "refused" },
  });
  const phone = new InProcessDevice(server, { user, password: "secret" });
  await phone.folderSync();
  await phone.syncAll("inbox");
  const collector = new StatusCollector(server, { node, clock });
  return { clock, mailbox, server, phone, collector, snapshot: () => collector.snapshot(query) };
}

const ping = { heartbeatSeconds: 600, folders: ["inbox"] };
const mail = Buffer.from("From: bob@example.com\r\nSubject: A secret subject\r\n\r\nHello.\r\n");

describe("a collector", () => {
  test("follows a phone from the held Ping to the pushed mail", async () => {
    const { clock, mailbox, phone, snapshot } = await setUp();
    const held = phone.ping(ping);
    await clock.advance(5_000);
    expect(snapshot()).toMatchObject({
      held: { Ping: 1, Sync: 0 },
      devices: { matching: 1, rows: [{ user, holds: [{ command: "Ping", heartbeatSeconds: 600 }] }] },
    });
    mailbox.deliver(user, mail);
    await clock.advance(1_000);
    await held.answer;
    const told = snapshot();
    expect(told).toMatchObject({
      held: { Ping: 0, Sync: 0 },
      devices: { rows: [{ holds: [], outcomes: [{ kind: "changed" }], pushMilliseconds: 50 }] },
      numbers: { ended: { changed: 1 }, requests: { Ping: { 200: 1 } } },
    });
    expect(totalOf(told.numbers.pushSeconds)).toBe(1);
    expect(told.numbers.pushSeconds.sum).toBe(0.05);
    expect(totalOf(told.numbers.heartbeatSeconds)).toBe(1);
    await phone.syncAll("inbox");
    expect(snapshot().numbers.items).toMatchObject({ added: 1 });
  });

  test("shows limits that were learned before the start or by other devices as it does those of now", () => {
    const { collector, hold, tell } = observedServer();
    const limit = { carriedSeconds: 760, lostSeconds: 790, end: "silent" } as const;
    const device = { user: "alice", deviceId: "D1", network: "192.0.2.0/24" };
    tell("heartbeatRestored", { ...device, limit });
    hold({ user: "alice", deviceId: "D1" });
    expect(collector.snapshot(query).devices.rows).toMatchObject([{ limits: [limit] }]);
    tell("heartbeatLearned", { ...device, limit: undefined });
    expect(collector.snapshot(query).devices.rows).toMatchObject([{ limits: [] }]);
    tell("heartbeatAdopted", { ...device, limit });
    expect(collector.snapshot(query).devices.rows).toMatchObject([{ limits: [limit] }]);
  });

  test("knows what was held before it came", async () => {
    const { clock, server, phone } = await setUp();
    phone.ping(ping);
    await clock.advance(5_000);
    const late = new StatusCollector(server, { clock });
    expect(late.snapshot(query).held).toEqual({ Ping: 1, Sync: 0 });
    const { takenAtMs, devices } = late.snapshot(query);
    expect(takenAtMs - (devices.rows[0]?.holds[0]?.sinceMs ?? 0)).toBe(5_000);
  });

  test("is plain data, without what the mail is about, and without passwords", async () => {
    const { clock, mailbox, phone, snapshot } = await setUp();
    phone.ping(ping);
    mailbox.deliver(user, mail);
    await clock.advance(1_000);
    await phone.syncAll("inbox");
    const told = snapshot();
    const text = JSON.stringify(told);
    expect(JSON.parse(text)).toEqual(told);
    expect(text).not.toMatch(/subject|bob@|secret/);
  });

  test("counts commands that do not exist under one name", async () => {
    const { server, snapshot } = await setUp();
    for (const command of ["Nonsense1", "Nonsense2"]) {
      await new InProcessDevice(server, { user, password: "secret" }).command(command);
    }
    await new InProcessDevice(server, { user, password: "wrong" }).command("Sync");
    const { requests, happened } = snapshot().numbers;
    expect(Object.keys(requests).every((name) => !name.startsWith("Nonsense"))).toBe(true);
    expect(happened.authenticationRefused).toBe(1);
  });

  test("warns of what the server warns of, and keeps a bounded list", async () => {
    const { server, snapshot } = await setUp();
    for (let seconds = 1; seconds <= 30; seconds += 1) {
      server.events.emit("connectionsCut", {
        seconds,
        network: undefined,
        networks: 3,
        likelyCulprits: ["nginx (proxy_read_timeout)"],
      });
    }
    server.events.emit("heartbeatsShort", { averageSeconds: 480, samples: 200 });
    const { warnings, numbers } = snapshot();
    expect(warnings).toHaveLength(20);
    expect(warnings.map(({ kind }) => kind)).toContain("heartbeats-short");
    expect(numbers.happened).toMatchObject({ connectionsCut: 30, heartbeatsShort: 1 });
  });

  test("hears nothing more once it is closed", async () => {
    const { collector, phone, server } = await setUp();
    collector.close();
    await phone.folderSync();
    expect(collector.snapshot(query).numbers.requests).toEqual({});
    expect(server.events.eventNames()).toEqual([]);
  });
});

describe("the snapshots of several nodes", () => {
  test("make the sum, and each node by itself", async () => {
    const [first, second] = [await setUp("n2"), await setUp("n1")];
    first.phone.ping(ping);
    await first.clock.advance(1_000);
    second.phone.ping(ping);
    await second.clock.advance(3_000);
    second.mailbox.deliver(user, mail);
    await second.clock.advance(2_000);
    const sent = [first.snapshot(), second.snapshot()].map(
      (snapshot) => JSON.parse(JSON.stringify(snapshot)) as StatusSnapshot,
    );
    const overview = mergeSnapshots(sent, query);
    expect(overview.nodes.map(({ node, held }) => [node, held.Ping])).toEqual([
      ["n1", 0],
      ["n2", 1],
    ]);
    expect(overview.held).toEqual({ Ping: 1, Sync: 0 });
    expect(overview.numbers.ended).toEqual({ changed: 1 });
    expect(overview.numbers.requests["Ping"]).toEqual({ 200: 1 });
    expect(totalOf(overview.numbers.heartbeatSeconds)).toBe(2);
    const rate = overview.numbers.perSecond.held;
    expect(rate && meanPerSecond(rate)).toBeCloseTo(2 / 60);
    expect(overview.devices).toMatchObject({ matching: 1, rows: [{ node: "n2" }] });
  });

  test("none at all are an empty overview", () => {
    expect(mergeSnapshots([], query)).toMatchObject({
      nodes: [],
      held: { Ping: 0 },
      devices: { matching: 0 },
    });
  });
});
