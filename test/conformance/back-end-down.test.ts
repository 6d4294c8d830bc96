/** What devices hear while something behind the server is down: 503 with Retry-After, Ping Status 8 and Sync Status 16, never 401. */
import { describe, expect, it, vi } from "vitest";
import { createDirectPush, type DirectPush } from "../../src/direct-push.js";
import type { ProtocolVersion } from "../../src/protocol/version.js";
import { MemoryStateStore } from "../../src/state/memory-state-store.js";
import { FakeClock } from "../../src/testing/fake-clock.js";
import { InProcessDevice } from "../../src/testing/in-process-device.js";
import type { DeviceAnswer, DeviceExchange } from "../../src/testing/in-process-exchange.js";
import { MemoryMailbox } from "../../src/testing/memory-mailbox.js";
import { MockChangeSource } from "../../src/testing/mock-change-source.js";
import {
  AirSync,
  childText,
  element,
  emptyElement,
  FolderHierarchy,
  Move,
  Ping,
  Provision,
  Settings,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";

const user = "alice@example.com";
const mail = "From: bob@example.com\r\nSubject: New\r\n\r\nHello";
const callTimeoutMs = 5_000;

const faults = ["rejects", "throws", "never answers"] as const;
type Fault = (typeof faults)[number];

/** Integrator code whose every method can be made to fail. */
class Breakable {
  fault: Fault | undefined = undefined;

  wrap<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...parameters: unknown[]) => this.#call(() => Reflect.apply(member, target, parameters));
      },
    });
  }

  #call(call: () => unknown): unknown {
    if (this.fault === undefined) return call();
    if (this.fault === "never answers") return new Promise(() => {});
    const down = new Error("down");
    if (this.fault === "throws") throw down;
    return Promise.reject(down);
  }
}

class Site {
  readonly clock: FakeClock = new FakeClock();
  readonly memory: MemoryMailbox = new MemoryMailbox({ clock: this.clock });
  readonly mailbox: Breakable = new Breakable();
  readonly source: Breakable = new Breakable();
  readonly state: Breakable = new Breakable();
  readonly mock: MockChangeSource = new MockChangeSource(this.clock);
  readonly server: DirectPush;
  readonly failed: string[] = [];

  constructor(sourceOf: "memory" | "mock" = "memory") {
    this.server = createDirectPush({
      mailbox: this.mailbox.wrap(this.memory),
      source: this.source.wrap(sourceOf === "memory" ? this.memory : this.mock),
      state: this.state.wrap(new MemoryStateStore()),
      clock: this.clock,
      callTimeoutMs,
      retryAfterSeconds: 20,
      authenticate: async () => ({ kind: "user", user }),
    });
    this.server.events.on("sourceFailed", ({ call }) => this.failed.push(call));
  }

  async phone(version: ProtocolVersion = "16.1"): Promise<InProcessDevice> {
    const device = new InProcessDevice(this.server, { version });
    this.memory.createFolder(user, { name: "Theirs", id: "theirs" });
    await device.folderSync();
    // The first mail loads the parser, which takes real time: not while the fake clock runs.
    this.memory.deliver(user, mail);
    await device.syncAll("inbox");
    return device;
  }

  async answer(exchange: DeviceExchange): Promise<DeviceAnswer> {
    await this.clock.advance(3 * callTimeoutMs);
    if (!exchange.isAnswered) throw new Error("It is held");
    return exchange.answer;
  }

  async held(exchange: DeviceExchange): Promise<DeviceExchange> {
    await this.clock.advance(200);
    expect(exchange.isAnswered).toBe(false);
    expect(this.server.heldCount).toBe(1);
    return exchange;
  }

  /** Nothing is left of any request, whatever failed. */
  async left(): Promise<object> {
    await this.clock.advance(2 * callTimeoutMs);
    const { heldCount } = this.server;
    return { heldCount, timers: this.clock.pendingTimers, watches: this.memory.openWatches };
  }
}

const nothing = { heldCount: 0, timers: 0, watches: 0 };

const settingsOf = (...content: readonly WbxmlElement[]): WbxmlElement => element(Settings.Settings, content);
const userInformation = settingsOf(element(Settings.UserInformation, [emptyElement(Settings.Get)]));
const deviceInformation = settingsOf(
  element(Settings.DeviceInformation, [element(Settings.Set, [textElement(Settings.Model, "X")])]),
);
const policyRequest = element(Provision.Provision, [
  element(Provision.Policies, [
    element(Provision.Policy, [textElement(Provision.PolicyType, "MS-EAS-Provisioning-WBXML")]),
  ]),
]);

type Send = (device: InProcessDevice) => DeviceExchange;
const folderSyncDocument = (device: InProcessDevice): WbxmlElement =>
  element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, device.folderSyncKey)]);
const folderWrite = (
  device: InProcessDevice,
  root: number,
  ...parts: readonly WbxmlElement[]
): WbxmlElement => element(root, [textElement(FolderHierarchy.SyncKey, device.folderSyncKey), ...parts]);
const place = (name: string): readonly WbxmlElement[] => [
  textElement(FolderHierarchy.ParentId, "0"),
  textElement(FolderHierarchy.DisplayName, name),
];
const theirs = textElement(FolderHierarchy.ServerId, "theirs");
const move = element(Move.MoveItems, [
  element(Move.Move, [
    textElement(Move.SrcMsgId, "nothing"),
    textElement(Move.SrcFldId, "inbox"),
    textElement(Move.DstFldId, "sent"),
  ]),
]);
const sends = {
  Ping: (device) => device.ping({ heartbeatSeconds: 600, folders: ["inbox"] }),
  FolderSync: (device) => device.send("FolderSync", folderSyncDocument(device)),
  "Settings (user)": (device) => device.send("Settings", userInformation),
  "Settings (device)": (device) => device.send("Settings", deviceInformation),
  Provision: (device) => device.send("Provision", policyRequest),
  Sync: (device) => device.hangingSync("inbox", {}),
  FolderCreate: (device) =>
    device.send(
      "FolderCreate",
      folderWrite(
        device,
        FolderHierarchy.FolderCreate,
        ...place("New"),
        textElement(FolderHierarchy.Type, 12),
      ),
    ),
  FolderUpdate: (device) =>
    device.send(
      "FolderUpdate",
      folderWrite(device, FolderHierarchy.FolderUpdate, theirs, ...place("Renamed")),
    ),
  FolderDelete: (device) =>
    device.send("FolderDelete", folderWrite(device, FolderHierarchy.FolderDelete, theirs)),
  MoveItems: (device) => device.send("MoveItems", move),
} as const satisfies Record<string, Send>;

/** What each command needs: with it down a new request is told to come back. */
const needs = [
  ["FolderSync", "mailbox"],
  ["FolderSync", "state"],
  ["Settings (user)", "mailbox"],
  ["Settings (user)", "state"],
  ["Settings (device)", "state"],
  ["Provision", "state"],
  ["Ping", "source"],
  ["Ping", "state"],
  ["Sync", "mailbox"],
  ["Sync", "state"],
  ["FolderCreate", "mailbox"],
  ["FolderCreate", "state"],
  ["FolderUpdate", "mailbox"],
  ["FolderUpdate", "state"],
  ["FolderDelete", "mailbox"],
  ["FolderDelete", "state"],
  ["MoveItems", "mailbox"],
  ["MoveItems", "state"],
] as const;

describe.each(faults)("a back end that %s", (fault) => {
  describe.each(["12.1", "14.1", "16.1"] as const)("makes %s", (version) => {
    it.each(needs)("%s wait with 503 and Retry-After (%s)", async (command, part) => {
      const site = new Site();
      const device = await site.phone(version);
      site.memory.deliver(user, mail);
      site[part].fault = fault;
      const send: Send = sends[command];
      expect(await site.answer(send(device))).toMatchObject({
        status: 503,
        headers: { "retry-after": "20", "content-length": "0" },
        body: null,
      });
      expect(site.failed.length).toBeGreaterThan(0);
      expect(await site.left()).toEqual(nothing);
      site[part].fault = undefined;
      const again = send(device);
      await site.clock.advance(2 * callTimeoutMs);
      expect((await again.answer).status).toBe(200);
    });
  });

  it.each([
    ["mailbox", "8", ["confirm"]],
    // Whether the change concerns the device cannot be known, and nearly every one does.
    ["state", "2", []],
  ] as const)("ends a held Ping whose folder changes (%s): Status %s", async (part, answered, failed) => {
    const site = new Site("mock");
    const device = await site.phone();
    const ping = await site.held(sends.Ping(device));
    site.memory.deliver(user, mail);
    site[part].fault = fault;
    site.mock.change(user, "inbox");
    const { status, document } = await site.answer(ping);
    expect(status).toBe(200);
    expect(childText(document, Ping.Status)).toBe(answered);
    expect(site.failed).toEqual(failed);
    expect(await site.left()).toEqual(nothing);
  });

  it.each(["mailbox", "state"] as const)("ends a held Sync with Status 16 (%s)", async (part) => {
    const site = new Site("mock");
    const device = await site.phone();
    const sync = await site.held(device.hangingSync("inbox", { waitSeconds: 600 }));
    site.memory.deliver(user, mail);
    site[part].fault = fault;
    site.mock.change(user, "inbox");
    const { status, document } = await site.answer(sync);
    expect(status).toBe(200);
    expect(childText(document, AirSync.Status)).toBe("16");
    expect(await site.left()).toEqual(nothing);
  });

  it("may be the directory: 503, and nobody is asked for a password", async () => {
    const directory = new Breakable();
    const hooks = directory.wrap({ authenticate: async () => ({ kind: "user", user }) as const });
    const site = new Site();
    const server = createDirectPush({
      mailbox: site.memory,
      source: site.memory,
      clock: site.clock,
      callTimeoutMs,
      authenticate: () => hooks.authenticate(),
    });
    directory.fault = fault;
    const { status, headers } = await site.answer(new InProcessDevice(server).send("FolderSync"));
    expect({ status, retryAfter: headers["retry-after"] }).toEqual({ status: 503, retryAfter: "30" });
    expect(headers["www-authenticate"]).toBeUndefined();
  });
});

describe("a change source that is unreliable", () => {
  async function holding(): Promise<{ site: Site; device: InProcessDevice; ping: DeviceExchange }> {
    const site = new Site("mock");
    const device = await site.phone();
    return { site, device, ping: await site.held(sends.Ping(device)) };
  }

  it("and tells late still wakes the Ping", async () => {
    const { site, ping } = await holding();
    site.memory.deliver(user, mail);
    await site.clock.advance(30_000);
    expect(ping.isAnswered).toBe(false);
    site.mock.change(user, "inbox");
    expect(childText((await site.answer(ping)).document, Ping.Status)).toBe("2");
  });

  it("and tells twice wakes it once", async () => {
    const { site, ping } = await holding();
    const ended = vi.fn();
    site.server.events.on("ended", ended);
    site.memory.deliver(user, mail);
    site.mock.change(user, "inbox");
    site.mock.notify(user, "inbox");
    expect(childText((await site.answer(ping)).document, Ping.Status)).toBe("2");
    expect(ended).toHaveBeenCalledOnce();
  });

  it.each([
    ["of nothing", (mock: MockChangeSource) => mock.notify(user, "inbox")],
    ["of a folder that is not watched", (mock: MockChangeSource) => mock.notifyUnwatched(user, "drafts")],
    ["of a folder that is not there", (mock: MockChangeSource) => mock.notifyUnwatched(user, "none")],
  ])("and tells %s wakes nobody", async (_, tell) => {
    const { site, ping } = await holding();
    for (let times = 0; times < 3; times += 1) {
      tell(site.mock);
      await site.clock.advance(1_000);
    }
    expect(ping.isAnswered).toBe(false);
    expect(site.failed).toEqual([]);
    ping.gone();
    expect(await site.left()).toEqual(nothing);
  });

  it("and tells after the watch was stopped does nothing, and wakes no later Ping", async () => {
    const { site, device, ping } = await holding();
    ping.gone();
    await site.clock.settle();
    site.memory.deliver(user, mail);
    await device.syncAll("inbox");
    const later = await site.held(sends.Ping(device));
    site.mock.notifyStopped("inbox");
    await site.clock.advance(1_000);
    expect(later.isAnswered).toBe(false);
  });
});
