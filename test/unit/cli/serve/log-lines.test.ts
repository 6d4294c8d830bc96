import { expect, it } from "vitest";
import { logEvents } from "../../../../src/cli/serve/event-lines.js";
import { JsonLog } from "../../../../src/cli/serve/json-log.js";
import { logRequests } from "../../../../src/cli/serve/request-lines.js";
import type { LogLevel } from "../../../../src/cli/serve/settings.js";
import { createDirectPush } from "../../../../src/direct-push.js";
import { DirectPushError } from "../../../../src/errors.js";
import type { DirectPushOptions } from "../../../../src/options.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../../src/testing/index.js";
import { element, FolderHierarchy } from "../../../../src/wbxml/index.js";

const user = "alice@example.com";
const folderSync = element(FolderHierarchy.FolderSync, [{ tag: FolderHierarchy.SyncKey, content: "0" }]);
const mail = "From: bob@example.com\r\nSubject: Confidential\r\n\r\nHello";

function setUp(level: LogLevel = "info", options: Partial<DirectPushOptions> = {}) {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const server = createDirectPush({
    mailbox,
    source: mailbox,
    clock,
    authenticate: async (attempt) =>
      attempt.kind === "basic" && attempt.password === "alice" ? { kind: "user", user } : { kind: "refused" },
    ...options,
  });
  const written: string[] = [];
  const log = new JsonLog({ write: (text) => written.push(text) }, level, { worker: 2 });
  logRequests(server.events, log);
  logEvents(server.events, log);
  const lines = (event = "request"): Record<string, unknown>[] =>
    written.map((line) => JSON.parse(line)).filter((line) => line.event === event);
  return { clock, mailbox, server, written, lines };
}

async function syncedPhone(site: ReturnType<typeof setUp>): Promise<InProcessDevice> {
  const phone = new InProcessDevice(site.server);
  await phone.folderSync();
  await phone.syncAll("inbox");
  return phone;
}

/** All that a line says of a request whose phone is known, whatever else it says. */
const usual = {
  time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  level: "info",
  event: "request",
  worker: 2,
  user,
  device: "DEVICE1",
  type: "TestPhone",
  version: "16.1",
  ms: expect.any(Number),
};

it.each(["12.1", "16.1"] as const)("a FolderSync and a Sync of %s have a line each", async (version) => {
  const site = setUp();
  const phone = new InProcessDevice(site.server, { version });
  const { headers } = await phone.folderSync();
  const bytes = Number(headers["content-length"]);
  expect(bytes).toBeGreaterThan(0);
  expect(site.lines()).toEqual([{ ...usual, command: "FolderSync", version, status: 200, bytes }]);
  await phone.sync("inbox");
  const sync = { ...usual, command: "Sync", version, status: 200, bytes: expect.any(Number) };
  expect(site.lines().slice(1)).toEqual([sync]);
  expect(site.lines()[1]?.["bytes"]).toBeGreaterThan(0);
});

it("a request that the mailbox is too busy for has a line with the status 503", async () => {
  const site = setUp();
  site.mailbox.folders = async () => {
    throw new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "no connection is free");
  };
  const answer = await new InProcessDevice(site.server).folderSync();
  expect(answer.status).toBe(503);
  expect(site.lines()).toEqual([{ ...usual, command: "FolderSync", status: 503, bytes: 0 }]);
  expect(site.lines("source-failed")).toMatchObject([{ level: "error", error: "no connection is free" }]);
});

it("a refused login has a line that believes nothing of what it says", async () => {
  const site = setUp();
  const phone = new InProcessDevice(site.server, { password: "hunter2" });
  expect((await phone.folderSync()).status).toBe(401);
  const { time, level, event, worker, ms } = usual;
  expect(site.lines()).toEqual([{ time, level, event, worker, ms, status: 401, bytes: 0 }]);
  expect(site.lines("login-refused")).toMatchObject([{ level: "warn", user, remoteAddress: "192.0.2.1" }]);
  expect(site.written.join("")).not.toContain("hunter2");
});

it("a phone that went away before a request was worked off has the status 499", async () => {
  const site = setUp();
  site.mailbox.folders = () => new Promise(() => {});
  const exchange = new InProcessDevice(site.server).send("FolderSync", folderSync);
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  exchange.gone();
  expect(site.lines()).toEqual([{ ...usual, command: "FolderSync", status: 499, bytes: 0 }]);
});

it("a held Ping has one line, with what it asked for and how it ended", async () => {
  const site = setUp();
  const phone = await syncedPhone(site);
  const before = site.lines().length;
  const ping = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
  await site.clock.advance(20_000);
  expect(site.lines()).toHaveLength(before);
  site.mailbox.deliver(user, mail);
  await site.clock.advance(1_000);
  const { headers } = await ping.answer;
  const held = { heartbeatAsked: 600, heartbeat: 600, held: expect.closeTo(20, 0), outcome: "changed" };
  const woken = { wake: "notified", pushMs: expect.any(Number) };
  const bytes = Number(headers["content-length"]);
  expect(site.lines().slice(before)).toEqual([
    { ...usual, command: "Ping", status: 200, bytes, ...held, ...woken },
  ]);
});

it("a Ping that finds a change has a line that says that it was there before", async () => {
  const site = setUp();
  const phone = await syncedPhone(site);
  const before = site.lines().length;
  site.mailbox.deliver(user, mail);
  const ping = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
  await site.clock.advance(1_000);
  await ping.answer;
  expect(site.lines().slice(before)).toMatchObject([
    { command: "Ping", heartbeatAsked: 600, outcome: "changed", wake: "pending" },
  ]);
});

it("what was used of a heartbeat is told beside what was asked for", async () => {
  const site = setUp("info", { heartbeat: { minSeconds: 60, maxSeconds: 900 } });
  const phone = await syncedPhone(site);
  const before = site.lines().length;
  const ping = phone.ping({ heartbeatSeconds: 900, folders: ["inbox"] });
  await site.clock.advance(901_000);
  await ping.answer;
  expect(site.lines().slice(before)).toMatchObject([
    { command: "Ping", heartbeatAsked: 900, heartbeat: 900, outcome: "expired" },
  ]);
  expect(site.lines().at(-1)).not.toHaveProperty("wake");
  const refused = phone.ping({ heartbeatSeconds: 3_000, folders: ["inbox"] });
  await refused.answer;
  expect(site.lines().at(-1)).not.toHaveProperty("heartbeat");
  expect(site.lines("heartbeat-refused")).toMatchObject([{ askedSeconds: 3_000, nearestSeconds: 900 }]);
});

it("a hanging Sync has one line", async () => {
  const site = setUp();
  const phone = await syncedPhone(site);
  const before = site.lines().length;
  const sync = phone.hangingSync("inbox", { waitSeconds: 60 });
  await site.clock.advance(61_000);
  await sync.answer;
  const held = { heartbeatAsked: 60, heartbeat: 60, held: expect.closeTo(60, 0), outcome: "expired" };
  expect(site.lines().slice(before)).toEqual([
    { ...usual, command: "Sync", status: 200, bytes: expect.any(Number), ...held },
  ]);
  const woken = phone.hangingSync("inbox", { waitSeconds: 60 });
  await site.clock.advance(5_000);
  site.mailbox.deliver(user, mail);
  await site.clock.advance(1_000);
  await woken.answer;
  expect(site.lines().slice(before + 1)).toMatchObject([
    { command: "Sync", heartbeatAsked: 60, outcome: "changed", wake: "notified", pushMs: expect.any(Number) },
  ]);
});

it("a superseded Ping and the one that took its place have a line each", async () => {
  const site = setUp();
  const phone = await syncedPhone(site);
  const before = site.lines().length;
  const older = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
  await site.clock.advance(5_000);
  const newer = phone.ping({ heartbeatSeconds: 480, folders: ["inbox"] });
  await older.answer;
  await site.clock.advance(481_000);
  await newer.answer;
  expect(site.lines().slice(before)).toEqual([
    expect.objectContaining({ outcome: "superseded", heartbeatAsked: 600 }),
    expect.objectContaining({ outcome: "expired", heartbeatAsked: 480 }),
  ]);
});

it("a phone that went away has the status 499", async () => {
  const site = setUp();
  const phone = await syncedPhone(site);
  const before = site.lines().length;
  const ping = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
  await site.clock.advance(5_000);
  ping.gone();
  await site.clock.advance(1_000);
  expect(site.lines().slice(before)).toEqual([
    {
      ...usual,
      command: "Ping",
      status: 499,
      bytes: 0,
      heartbeatAsked: 600,
      heartbeat: 600,
      held: expect.closeTo(5, 0),
      outcome: "disconnected",
    },
  ]);
});

it("nothing says what the mail is about, or how the user logs in", async () => {
  const site = setUp();
  const phone = await syncedPhone(site);
  site.mailbox.deliver(user, mail);
  await phone.syncAll("inbox");
  expect(site.written.length).toBeGreaterThan(2);
  expect(site.written.join("")).not.toMatch(/Confidential|Basic|"alice"|Authorization/);
});

it("a mailbox that fails is written as an error", async () => {
  const site = setUp("error");
  const phone = await syncedPhone(site);
  site.mailbox.folders = async () => {
    throw new Error("the disk is full");
  };
  await phone.folderSync().catch(() => {});
  expect(site.lines("source-failed")[0]).toMatchObject({ level: "error", call: "request" });
  expect(site.lines()).toEqual([]);
});
