import { describe, expect, it, vi } from "vitest";
import { createDirectPush } from "../../../src/direct-push.js";
import type { DirectPushEventMap } from "../../../src/events.js";
import type { DirectPushOptions } from "../../../src/options.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { InProcessDevice } from "../../../src/testing/in-process-device.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";
import { childText, Ping } from "../../../src/wbxml/index.js";

const user = "alice@example.com";
const mail = "From: bob@example.com\r\nSubject: New\r\n\r\nHello";
const pingInbox = { heartbeatSeconds: 600, folders: ["inbox"] };

/** Every name, checked by the compiler. */
const names = Object.keys({
  request: 0,
  held: 0,
  ended: 0,
  superseded: 0,
  dropped: 0,
  refused: 0,
  heartbeatLearned: 0,
  heartbeatRestored: 0,
  heartbeatAdopted: 0,
  heartbeatsShort: 0,
  connectionsCut: 0,
  authenticationRefused: 0,
  deviceRefused: 0,
  throttled: 0,
  syncServed: 0,
  itemSkipped: 0,
  wipe: 0,
  sourceFailed: 0,
  requestFailed: 0,
} satisfies Record<keyof DirectPushEventMap, 0>) as (keyof DirectPushEventMap)[];

type Told = { readonly name: string; readonly event: object };

function setUp(options: Partial<DirectPushOptions> = {}) {
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
  const told: Told[] = [];
  for (const name of names) server.events.on(name, (event: object) => void told.push({ name, event }));
  const of = (name: keyof DirectPushEventMap): readonly object[] =>
    told.filter((one) => one.name === name).map(({ event }) => event);
  return { clock, mailbox, server, told, of };
}

async function phone({ server, mailbox }: ReturnType<typeof setUp>): Promise<InProcessDevice> {
  const device = new InProcessDevice(server);
  await device.folderSync();
  mailbox.deliver(user, mail);
  await device.syncAll("inbox");
  return device;
}

/** A bit of everything that a server can meet. */
async function everything(site: ReturnType<typeof setUp>): Promise<readonly unknown[]> {
  const { clock, mailbox, server } = site;
  const device = await phone(site);
  const older = device.ping(pingInbox);
  await clock.advance(1_000);
  const newer = device.ping();
  await clock.advance(1_000);
  mailbox.deliver(user, mail);
  await clock.advance(1_000);
  const gone = device.ping(pingInbox);
  gone.gone();
  const tooLong = await device.ping({ ...pingInbox, heartbeatSeconds: 4_000 }).answer;
  await device.syncAll("inbox");
  const waiting = device.ping(pingInbox);
  await clock.advance(1_000);
  waiting.gone();
  await clock.settle();
  const stranger = await new InProcessDevice(server, { password: "wrong" }).command("Sync");
  await server.wipeDevice(user, "DEVICE1", "device");
  const wiped = await device.folderSync();
  const order = await device.command("Provision");
  return [await older.answer, await newer.answer, tooLong, stranger, wiped, order].map(
    ({ status, document }) => ({ status, document }),
  );
}

describe("events", () => {
  it("tell of a hold: who, what, how long, why it ended", async () => {
    const site = setUp();
    const device = await phone(site);
    const ping = device.ping(pingInbox);
    await site.clock.advance(5_000);
    site.mailbox.deliver(user, mail);
    await site.clock.advance(1_000);
    expect(childText((await ping.answer).document, Ping.Status)).toBe("2");
    const hold = {
      user,
      deviceId: "DEVICE1",
      deviceType: "TestPhone",
      command: "Ping",
      heartbeatSeconds: 600,
      askedSeconds: 600,
    };
    expect(site.of("held")).toMatchObject([{ ...hold, folders: ["#hierarchy", "inbox"] }]);
    expect(site.of("ended")).toMatchObject([
      {
        hold,
        kind: "changed",
        askedSeconds: 600,
        folders: ["inbox"],
        wakeReason: "notified",
        pushMilliseconds: 50,
      },
    ]);
    expect(site.of("superseded")).toEqual([]);
    expect(site.of("dropped")).toEqual([]);
    const again = device.ping();
    await site.clock.advance(1_000);
    expect(childText((await again.answer).document, Ping.Status)).toBe("2");
    expect(site.of("ended")).toMatchObject([
      {},
      { kind: "changed", wakeReason: "pending", pushMilliseconds: undefined },
    ]);
    await device.syncAll("inbox");
    device.ping();
    await site.clock.advance(600_000);
    expect(site.of("ended")).toMatchObject([
      {},
      {},
      { kind: "expired", askedSeconds: 600, heldSeconds: 600, folders: [], wakeReason: undefined },
    ]);
  });

  it("tell of a Sync: its keys and what went where", async () => {
    const site = setUp();
    const device = await phone(site);
    expect(site.of("syncServed")).toMatchObject([
      { collectionId: "inbox", presentedKey: "0", added: 0, replay: false },
      { collectionId: "inbox", added: 1, changed: 0, deleted: 0, moreAvailable: false },
    ]);
    const syncKey = device.syncKeyOf("inbox");
    site.mailbox.deliver(user, mail);
    await device.sync("inbox");
    device.setSyncKey("inbox", syncKey);
    await device.sync("inbox");
    expect(site.of("syncServed").slice(2)).toMatchObject([
      { presentedKey: syncKey, added: 1, replay: false },
      { presentedKey: syncKey, added: 1, replay: true },
    ]);
  });

  it("tell of an interval that is refused, of a Ping and of a Sync", async () => {
    const site = setUp({ heartbeat: { minSeconds: 120, maxSeconds: 1_800 } });
    const device = await phone(site);
    await device.ping({ ...pingInbox, heartbeatSeconds: 60 }).answer;
    await device.hangingSync("inbox", { waitSeconds: 3_000 }).answer;
    expect(site.of("refused")).toMatchObject([
      { device: { id: "DEVICE1" }, askedSeconds: 60, nearestSeconds: 120 },
      { device: { id: "DEVICE1" }, askedSeconds: 3_000, nearestSeconds: 1_800 },
    ]);
    expect(site.of("held")).toEqual([]);
  });

  it("tell nothing of a refusal that is held back", async () => {
    const site = setUp();
    const device = await phone(site);
    for (let times = 0; times < 7; times += 1) {
      const refused = device.ping({ ...pingInbox, heartbeatSeconds: 5 });
      await site.clock.advance(5_000);
      expect(childText((await refused.answer).document, Ping.Status)).toBe("5");
    }
    expect(site.of("refused")).toHaveLength(7);
    expect(site.of("held")).toEqual([]);
    expect(site.of("ended")).toEqual([]);
    expect(site.of("request").at(-1)).toMatchObject({ command: "Ping", status: 200, milliseconds: 2_000 });
  });

  it("name a held request by the same number when it is held, ends, and is answered or dropped", async () => {
    const site = setUp();
    const device = await phone(site);
    const sequences = (): Record<string, unknown> => {
      const numberOf = (event: object | undefined): unknown =>
        event !== undefined && "hold" in event
          ? (event.hold as { sequence: number }).sequence
          : Reflect.get(event ?? {}, "sequence");
      const last = (name: keyof DirectPushEventMap): unknown => numberOf(site.of(name).at(-1));
      return { held: last("held"), ended: last("ended"), request: last("request"), dropped: last("dropped") };
    };
    const answered = device.ping(pingInbox);
    await site.clock.advance(601_000);
    await answered.answer;
    const { held, ended, request } = sequences();
    expect([held, ended]).toEqual([request, request]);
    const dropped = device.ping(pingInbox);
    await site.clock.advance(1_000);
    dropped.gone();
    await site.clock.advance(1_000);
    const after = sequences();
    expect(after["held"]).toBeGreaterThan(Number(held));
    expect([after["ended"], after["dropped"]]).toEqual([after["held"], after["held"]]);
    expect(after["request"]).toBe(request);
  });

  it("tell of each request once, held or not, answered or not", async () => {
    const site = setUp();
    await everything(site);
    const { told } = site;
    const count = (name: string): number => told.filter((one) => one.name === name).length;
    expect(count("held")).toBe(count("ended"));
    expect(count("dropped")).toBe(2);
    expect(count("superseded")).toBe(1);
    expect(count("refused")).toBe(1);
    expect(count("authenticationRefused")).toBe(1);
    expect(count("wipe")).toBe(1);
    expect(told.filter(({ name }) => ["sourceFailed", "requestFailed", "throttled"].includes(name))).toEqual(
      [],
    );
  });

  it("are as good as none when their listeners throw", async () => {
    const calm = await everything(setUp());
    const site = setUp();
    for (const name of names) {
      site.server.events.removeAllListeners(name);
      site.server.events.on(name, () => {
        throw new Error(`a listener of ${name}`);
      });
    }
    const statuses = (answers: readonly unknown[]): unknown => JSON.parse(JSON.stringify(answers)) as unknown;
    expect(statuses(await everything(site))).toEqual(statuses(calm));
    await site.clock.settle();
    expect(site.server.heldCount).toBe(0);
    expect(site.clock.pendingTimers).toBe(0);
    expect(site.mailbox.openWatches).toBe(0);
  });

  it("never are an `error`", async () => {
    const site = setUp();
    const heard = vi.fn();
    const emitter: unknown = site.server.events;
    (emitter as { on(name: string, listener: () => void): void }).on("error", heard);
    await everything(site);
    site.mailbox.faults.failWith(new Error("down"));
    expect((await new InProcessDevice(site.server, { deviceId: "OTHER" }).folderSync()).status).toBe(503);
    expect(site.of("sourceFailed")).toMatchObject([{ call: "request" }]);
    expect(heard).not.toHaveBeenCalled();
    expect(names).not.toContain("error");
  });
});

describe("an authenticate hook that answers nonsense", () => {
  it.each([
    ["no user", { kind: "user" }],
    ["an empty user", { kind: "user", user: "" }],
    ["a URL that no header can hold", { kind: "moved", url: "https://x/\r\nset-cookie: a" }],
    ["a challenge that no header can hold", { kind: "refused", challenge: "Basic realm=\u4e2d" }],
    ["nothing", undefined],
  ])("(%s) gets 500 and an event, and no hanging request", async (_, answer) => {
    const site = setUp({ authenticate: async () => answer as never });
    expect(await new InProcessDevice(site.server).command("Sync")).toMatchObject({ status: 500, body: null });
    expect(site.of("requestFailed")).toMatchObject([{ error: expect.any(TypeError) }]);
  });
});

it("an emptySyncResponse hook that throws counts as yes", async () => {
  const emptySyncResponse = (): never => {
    throw new Error("no");
  };
  const site = setUp({ emptySyncResponse });
  const device = await phone(site);
  expect(await device.sync("inbox")).toMatchObject({ answer: { status: 200, body: null } });
  expect(site.of("requestFailed")).toEqual([]);
});
