import { expect, it } from "vitest";
import { logEvents } from "../../../../src/cli/serve/event-lines.js";
import { JsonLog } from "../../../../src/cli/serve/json-log.js";
import { logRequests } from "../../../../src/cli/serve/request-lines.js";
import type { LogLevel } from "../../../../src/cli/serve/settings.js";
import { createDirectPush } from "../../../../src/direct-push.js";
import type { DirectPushOptions } from "../../../../src/options.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../../src/testing/index.js";

const user = "alice@example.com";
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

it("a request that is not held has a line of its own", async () => {
  const site = setUp();
  await new InProcessDevice(site.server).folderSync();
  expect(site.lines().at(-1)).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    level: "info",
    event: "request",
    worker: 2,
    user,
    device: expect.any(String),
    type: expect.any(String),
    command: "FolderSync",
    version: "16.1",
    status: 200,
    bytes: expect.any(Number),
    ms: expect.any(Number),
  });
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
  await ping.answer;
  expect(site.lines().slice(before)).toEqual([
    expect.objectContaining({
      command: "Ping",
      status: 200,
      heartbeatAsked: 600,
      heartbeat: 600,
      held: expect.closeTo(20, 0),
      outcome: "changed",
      wake: "notified",
      pushMs: expect.any(Number),
    }),
  ]);
});

it("a hanging Sync has one line", async () => {
  const site = setUp();
  const phone = await syncedPhone(site);
  const before = site.lines().length;
  const sync = phone.hangingSync("inbox", { waitSeconds: 60 });
  await site.clock.advance(61_000);
  await sync.answer;
  expect(site.lines().slice(before)).toEqual([
    expect.objectContaining({ command: "Sync", status: 200, heartbeatAsked: 60, outcome: "expired" }),
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
    expect.objectContaining({ command: "Ping", status: 499, bytes: 0, outcome: "disconnected" }),
  ]);
});

it("a refused login is written with its address, and without the password", async () => {
  const site = setUp();
  const phone = new InProcessDevice(site.server, { password: "hunter2" });
  await phone.folderSync().catch(() => {});
  expect(site.lines("login-refused")[0]).toMatchObject({ level: "warn", user: expect.any(String) });
  expect(site.lines()[0]).toMatchObject({ status: 401 });
  expect(site.written.join("")).not.toContain("hunter2");
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
