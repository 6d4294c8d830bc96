import { format } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { createDirectPush, type DirectPush } from "../../../src/direct-push.js";
import type { DirectPushEventMap } from "../../../src/events.js";
import type { DirectPushOptions } from "../../../src/options.js";
import { logHealth } from "../../../src/server/logs.js";
import { MemoryStateStore } from "../../../src/state/memory-state-store.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { InProcessDevice } from "../../../src/testing/in-process-device.js";
import type { DeviceExchange } from "../../../src/testing/in-process-exchange.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

const user = "alice@example.com";

class Bench {
  readonly clock: FakeClock;
  readonly server;
  readonly told: { readonly name: string; readonly event: object }[] = [];

  readonly mailbox: MemoryMailbox;

  constructor(options: Partial<DirectPushOptions> = {}, former?: Bench) {
    const clock = former?.clock ?? new FakeClock();
    const mailbox = former?.mailbox ?? new MemoryMailbox({ clock });
    this.clock = clock;
    this.mailbox = mailbox;
    this.server = createDirectPush({
      mailbox,
      source: mailbox,
      clock,
      authenticate: async () => ({ kind: "user", user }),
      ...options,
    });
    for (const name of [
      "heartbeatLearned",
      "heartbeatRestored",
      "heartbeatAdopted",
      "heartbeatsShort",
      "connectionsCut",
    ] as const) {
      this.server.events.on(name, (event: object) => void this.told.push({ name, event }));
    }
  }

  of(name: keyof DirectPushEventMap): readonly object[] {
    return this.told.filter((one) => one.name === name).map(({ event }) => event);
  }

  async phone(deviceId = "D1", remoteAddress = "192.0.2.77"): Promise<InProcessDevice> {
    const phone = new InProcessDevice(this.server, { deviceId, remoteAddress });
    await phone.folderSync();
    await phone.syncAll("inbox");
    return phone;
  }

  /** Pings on a path that forgets connections in silence; resolves to how long the last one was held. */
  async ping(phone: InProcessDevice, askedSeconds: number, limitSeconds: number, times: number) {
    let heldSeconds = 0;
    for (let round = 0; round < times; round += 1) {
      const begun = this.clock.monotonicNow();
      const exchange = phone.ping({ heartbeatSeconds: askedSeconds, folders: ["inbox"] });
      await this.clock.settle();
      heldSeconds = await this.#answered(exchange, begun);
      await this.clock.advance(heldSeconds <= limitSeconds ? 500 : (askedSeconds - heldSeconds + 5) * 1_000);
    }
    return heldSeconds;
  }

  /** The server as a proxy in front of it passes requests on. */
  behindProxy(clientAddress: string): Pick<DirectPush, "serve"> {
    return {
      serve: (request, respond) =>
        this.server.serve(
          { ...request, headers: { ...request.headers, "x-forwarded-for": clientAddress } },
          respond,
        ),
    };
  }

  /** A Ping that something cuts, seen by the server, and the next. */
  async cut(phone: InProcessDevice, seconds: number, times: number): Promise<void> {
    for (let round = 0; round < times; round += 1) {
      const exchange = phone.ping({ heartbeatSeconds: 900, folders: ["inbox"] });
      await this.clock.advance(seconds * 1_000);
      exchange.gone();
      await this.clock.advance(1_000);
    }
  }

  /** Held requests that the phone gives up at once. */
  async ask(phone: InProcessDevice, seconds: number, times: number): Promise<void> {
    for (let round = 0; round < times; round += 1) {
      const exchange = phone.ping({ heartbeatSeconds: seconds, folders: ["inbox"] });
      await this.clock.settle();
      exchange.gone();
      await this.clock.settle();
    }
  }

  async #answered(exchange: DeviceExchange, begun: number): Promise<number> {
    while (!exchange.isAnswered) await this.clock.advance(5_000);
    return (this.clock.monotonicNow() - begun) / 1_000;
  }
}

const quietLog = logHealth.log;

/** What is written from now on to `DEBUG=direct-push:health`. */
function warningsOfHealth(): readonly string[] {
  const warnings: string[] = [];
  logHealth.enabled = true;
  logHealth.log = (...parts: readonly unknown[]) => {
    // Before the words go the name and the time, in colours on a terminal.
    const text = format(...parts);
    warnings.push(text.slice(text.search(/(?:the last|held requests)/)));
  };
  return warnings;
}

afterEach(() => {
  logHealth.enabled = false;
  logHealth.log = quietLog;
});

describe("a server", () => {
  it("learns what a path carries, tells it, and answers before it is over", async () => {
    const bench = new Bench();
    const phone = await bench.phone();
    const heldSeconds = await bench.ping(phone, 900, 780, 12);
    expect(heldSeconds).toBeGreaterThan(700);
    expect(heldSeconds).toBeLessThanOrEqual(780);
    expect(bench.of("heartbeatLearned").at(-1)).toMatchObject({
      user,
      deviceId: "D1",
      network: "192.0.2.0/24",
      limit: { end: "silent" },
    });
  });

  it("still knows it after a restart, and says so once", async () => {
    const state = new MemoryStateStore();
    const bench = new Bench({ state });
    const before = await bench.ping(await bench.phone(), 900, 780, 12);
    await bench.clock.settle();
    const next = new Bench({ state }, bench);
    const phone = new InProcessDevice(next.server, { deviceId: "D1", remoteAddress: "192.0.2.78" });
    expect(await next.ping(phone, 900, 780, 1)).toBeCloseTo(before, 0);
    expect(next.of("heartbeatLearned")).toEqual([]);
    expect(bench.of("heartbeatRestored")).toEqual([]);
    await next.ping(phone, 900, 780, 2);
    expect(next.of("heartbeatRestored")).toEqual([bench.of("heartbeatLearned").at(-1)]);
  });

  it("tells which phones take over what others of their network found", async () => {
    const bench = new Bench();
    for (const deviceId of ["D1", "D2"]) await bench.ping(await bench.phone(deviceId), 900, 780, 12);
    const found = bench.of("heartbeatLearned").length;
    expect(bench.of("heartbeatAdopted")).toMatchObject([{ user, deviceId: "D2" }]);
    expect(await bench.ping(await bench.phone("D3"), 900, 780, 2)).toBeLessThanOrEqual(780);
    expect(bench.of("heartbeatAdopted")).toMatchObject([
      { deviceId: "D2" },
      { user, deviceId: "D3", network: "192.0.2.0/24", limit: { end: "silent" } },
    ]);
    expect(bench.of("heartbeatLearned")).toHaveLength(found);
  });

  it("says nothing of a limit that is too old to be relied on", async () => {
    const state = new MemoryStateStore();
    const bench = new Bench({ state });
    await bench.ping(await bench.phone(), 900, 780, 12);
    await bench.clock.advance(8 * 24 * 3_600_000);
    const next = new Bench({ state }, bench);
    const phone = new InProcessDevice(next.server, { deviceId: "D1", remoteAddress: "192.0.2.78" });
    expect(await next.ping(phone, 900, 900, 1)).toBe(900);
    expect(next.of("heartbeatRestored")).toEqual([]);
  });

  it("sees the networks of phones behind a proxy that it was told of", async () => {
    const bench = new Bench({ trustedProxies: ["10.0.0.0/8"] });
    const forwarded = bench.behindProxy("203.0.113.9");
    const phone = new InProcessDevice(forwarded, { deviceId: "D1", remoteAddress: "10.0.0.1" });
    await phone.folderSync();
    await phone.syncAll("inbox");
    await bench.ping(phone, 900, 780, 12);
    expect(bench.of("heartbeatLearned").at(-1)).toMatchObject({ network: "203.0.113.0/24" });
  });

  it("keeps what it knows to itself, or learns nothing, when that is asked for", async () => {
    const observing = new Bench({ heartbeat: { learning: "observe" } });
    expect(await observing.ping(await observing.phone(), 900, 780, 12)).toBe(900);
    const off = new Bench({ heartbeat: { learning: "off" } });
    expect(await off.ping(await off.phone(), 900, 780, 12)).toBe(900);
    expect(off.told).toEqual([]);
  });

  it("names what cuts connections at one age, for a network and for all", async () => {
    const bench = new Bench();
    for (const [index, address] of ["192.0.2.1", "198.51.100.1", "203.0.113.1"].entries()) {
      // The fourth Ping proves the third.
      await bench.cut(await bench.phone(`D${index}`, address), 60, 4);
    }
    const culprits = expect.arrayContaining([expect.stringContaining("nginx")]);
    expect(bench.of("connectionsCut")).toEqual([
      { seconds: 60, network: "192.0.2.0/24", networks: 1, likelyCulprits: culprits },
      { seconds: 60, network: "198.51.100.0/24", networks: 1, likelyCulprits: culprits },
      { seconds: 60, network: undefined, networks: 3, likelyCulprits: culprits },
    ]);
  });

  it("tells once that heartbeats are short", async () => {
    const bench = new Bench({ heartbeat: { alertSamples: 3 } });
    await bench.ping(await bench.phone(), 480, 480, 6);
    expect(bench.of("heartbeatsShort")).toEqual([{ averageSeconds: 480, samples: 3 }]);
  });

  it("tells and warns by default when the newest 200 heartbeats are 540 s on average, not before and not above", async () => {
    const warnings = warningsOfHealth();
    const bench = new Bench({ heartbeat: { learning: "off" } });
    const phone = await bench.phone();
    await bench.ask(phone, 541, 1);
    await bench.ask(phone, 540, 199);
    expect(bench.of("heartbeatsShort")).toEqual([]);
    await bench.ask(phone, 540, 1);
    expect(bench.of("heartbeatsShort")).toEqual([{ averageSeconds: 540, samples: 200 }]);
    expect(warnings).toEqual(["the last 200 heartbeats are 540 s on average"]);
  });

  it("warns of what cuts connections", async () => {
    const warnings = warningsOfHealth();
    const bench = new Bench();
    await bench.cut(await bench.phone(), 240, 4);
    expect(warnings).toEqual([
      expect.stringMatching(/^held requests on 192\.0\.2\.0\/24 are cut after 240 s, as by .*Azure/),
    ]);
  });
});
