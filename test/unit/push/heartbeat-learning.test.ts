import { describe, expect, test } from "vitest";
import {
  type HeartbeatAdopted,
  type HeartbeatLearned,
  LearningHeartbeatNegotiator,
  type LearningHeartbeatOptions,
} from "../../../src/push/heartbeat-learning.js";
import type { HoldOutcome } from "../../../src/push/hold.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";

class Bench {
  readonly clock = new FakeClock();
  readonly learned: HeartbeatLearned[] = [];
  readonly adopted: HeartbeatAdopted[] = [];
  readonly negotiator: LearningHeartbeatNegotiator;
  #sequence = 0;

  constructor(options: LearningHeartbeatOptions = {}) {
    this.negotiator = new LearningHeartbeatNegotiator({
      clock: this.clock,
      onLearned: (learned) => this.learned.push(learned),
      onAdopted: (adopted) => this.adopted.push(adopted),
      ...options,
    });
  }

  decide(askedSeconds: number, network = "net", deviceId = "d1") {
    return this.negotiator.negotiate({ user: "alice", deviceId }, askedSeconds, network);
  }

  seen(command: string, network = "net", deviceId = "d1"): number {
    this.#sequence += 1;
    const device = { user: "alice", deviceId };
    this.negotiator.observe({ kind: "seen", device, sequence: this.#sequence, command, network });
    return this.#sequence;
  }

  /** One request; resolves to what the server held it for. */
  begin(askedSeconds: number, network = "net", deviceId = "d1") {
    const sequence = this.seen("Ping", network, deviceId);
    const decision = this.decide(askedSeconds, network, deviceId);
    const answerAfterSeconds = decision.kind === "accepted" ? decision.answerAfterSeconds : 0;
    const device = { user: "alice", deviceId };
    const held = { askedSeconds, answerAfterSeconds, network };
    this.negotiator.observe({ kind: "requested", device, sequence, command: "Ping", ...held });
    return { sequence, answerAfterSeconds };
  }

  end(sequence: number, outcome: HoldOutcome["kind"], heldSeconds: number, deviceId = "d1"): void {
    const device = { user: "alice", deviceId };
    this.negotiator.observe({ kind: "ended", device, sequence, command: "Ping", outcome, heldSeconds });
  }

  /** Intervals on a path with a silent limit; each is followed by the next at once or after the device's timeout. */
  async hold(askedSeconds: number, limitSeconds: number, times: number, network = "net", deviceId = "d1") {
    let answered = 0;
    for (let round = 0; round < times; round += 1) {
      const { sequence, answerAfterSeconds } = this.begin(askedSeconds, network, deviceId);
      answered = answerAfterSeconds;
      await this.clock.advance(answered * 1_000);
      this.end(sequence, "expired", answered, deviceId);
      await this.clock.advance(answered <= limitSeconds ? 500 : (askedSeconds - answered + 5) * 1_000);
    }
    return answered;
  }
}

describe("a device on a path with a limit", () => {
  test("is answered before the limit once it is known, and that is told", async () => {
    const bench = new Bench();
    await bench.hold(900, 780, 12);
    const decision = bench.decide(900);
    expect(decision).toMatchObject({ kind: "accepted", heartbeatSeconds: 900 });
    const { answerAfterSeconds = 0 } = decision.kind === "accepted" ? decision : {};
    expect(answerAfterSeconds).toBeGreaterThan(700);
    expect(answerAfterSeconds).toBeLessThanOrEqual(780);
    expect(bench.learned.at(-1)).toMatchObject({
      device: { user: "alice", deviceId: "d1" },
      network: "net",
      limit: { carriedSeconds: answerAfterSeconds, isCut: false },
    });
  });

  test("is no news when only a longer interval was tried in vain", async () => {
    const bench = new Bench();
    await bench.hold(900, 780, 100);
    const { learned } = bench;
    expect(learned.filter(({ isNews }) => isNews)).toHaveLength(1);
    expect(learned.length).toBeGreaterThan(1);
    expect(learned.at(-1)?.limit?.retryGapSeconds).toBeGreaterThan(learned[0]?.limit?.retryGapSeconds ?? 0);
  });

  test("is held for as long as it asks on another network", async () => {
    const bench = new Bench();
    await bench.hold(900, 780, 12);
    expect(bench.decide(900, "home")).toMatchObject({ answerAfterSeconds: 900 });
    await bench.hold(900, Number.POSITIVE_INFINITY, 5, "home");
    expect(bench.decide(900)).not.toMatchObject({ answerAfterSeconds: 900 });
  });

  test("is only watched when that is asked for", async () => {
    const bench = new Bench({ use: "observe" });
    expect(await bench.hold(900, 880, 12)).toBe(900);
  });

  test("is told to ask for less, twice, and then answered early", async () => {
    const bench = new Bench({ use: "refuse" });
    while (bench.learned.length === 0) await bench.hold(900, 780, 1);
    const { carriedSeconds } = bench.negotiator.knowledge({ user: "alice", deviceId: "d1" })?.paths[0] ?? {};
    const refused = { kind: "refused", nearestSeconds: carriedSeconds };
    // The first refusal was that of the request which proved the limit.
    expect(bench.decide(900)).toEqual(refused);
    expect(bench.decide(900)).toMatchObject({ kind: "accepted", answerAfterSeconds: carriedSeconds });
    expect(bench.decide(carriedSeconds ?? 0)).toMatchObject({ answerAfterSeconds: carriedSeconds });
  });

  test("is never told to ask for less than the minimum or a minute", async () => {
    const bench = new Bench({ use: "refuse", minSeconds: 10 });
    await bench.hold(900, 45, 30);
    expect(bench.decide(900)).toMatchObject({ kind: "accepted" });
    expect(bench.decide(9)).toEqual({ kind: "refused", nearestSeconds: 10 });
  });
});

describe("what devices do themselves", () => {
  test("is no limit: ending a Ping for a Sync, at one age or at any", async () => {
    const bench = new Bench();
    for (let round = 0; round < 20; round += 1) {
      const { sequence } = bench.begin(900);
      await bench.clock.advance(300_000);
      if (round % 2 === 0) bench.end(sequence, "disconnected", 300);
      bench.seen("Sync");
      if (round % 2 === 1) bench.end(sequence, "superseded", 300);
      await bench.clock.advance(1_000);
    }
    expect(bench.decide(900)).toMatchObject({ answerAfterSeconds: 900 });
    expect(bench.learned).toEqual([]);
  });

  test("is no limit: opening a second Ping", async () => {
    const bench = new Bench();
    for (const seconds of [100, 350, 20, 610, 45, 220, 500, 90]) {
      const { sequence } = bench.begin(900);
      await bench.clock.advance(seconds * 1_000);
      bench.begin(900);
      bench.end(sequence, "superseded", seconds);
    }
    expect(bench.decide(900)).toMatchObject({ answerAfterSeconds: 900 });
  });

  test("is no limit: changing the network again and again after one time", async () => {
    const bench = new Bench();
    for (let round = 0; round < 20; round += 1) {
      const { sequence } = bench.begin(900, round % 2 === 0 ? "home" : "away");
      await bench.clock.advance(300_000);
      bench.begin(900, round % 2 === 0 ? "away" : "home");
      bench.end(sequence, "superseded", 300);
    }
    for (const network of ["home", "away"]) {
      expect(bench.decide(900, network)).toMatchObject({ answerAfterSeconds: 900 });
    }
  });

  test("is a limit where a device that is cut off pings again at one age, seen only as superseding", async () => {
    const bench = new Bench();
    for (let round = 0; round < 4; round += 1) {
      const { sequence } = bench.begin(900);
      await bench.clock.advance(60_000);
      bench.begin(900);
      bench.end(sequence, "superseded", 60);
    }
    expect(bench.decide(900)).toMatchObject({ answerAfterSeconds: 57 });
  });
});

describe("the devices of a network", () => {
  test("spare the third what two of them found", async () => {
    const bench = new Bench();
    await bench.hold(900, 780, 12, "net", "d1");
    expect(bench.decide(900, "net", "d3")).toMatchObject({ answerAfterSeconds: 900 });
    await bench.hold(900, 780, 12, "net", "d2");
    expect(bench.decide(900, "net", "d3")).not.toMatchObject({ answerAfterSeconds: 900 });
    expect(bench.decide(900, "elsewhere", "d3")).toMatchObject({ answerAfterSeconds: 900 });
    bench.begin(900, "net", "d3");
    bench.begin(900, "net", "d3");
    const ofThird = bench.adopted.filter(({ device }) => device.deviceId === "d3");
    expect(ofThird).toMatchObject([{ network: "net", limit: { isCut: false } }]);
  });

  test("need one proof where one other has found the limit", async () => {
    const bench = new Bench();
    await bench.hold(900, 780, 12, "net", "d1");
    await bench.hold(900, 780, 1, "net", "d2");
    bench.seen("Ping", "net", "d2");
    expect(bench.decide(900, "net", "d2")).not.toMatchObject({ answerAfterSeconds: 900 });
    const [{ limit } = {}] = bench.learned;
    expect(bench.adopted).toMatchObject([{ device: { deviceId: "d2" }, network: "net", limit }]);
  });

  test("are not believed by one that knows better", async () => {
    const bench = new Bench();
    await bench.hold(900, 900, 3, "net", "d3");
    await bench.hold(900, 780, 12, "net", "d1");
    await bench.hold(900, 780, 12, "net", "d2");
    expect(bench.decide(900, "net", "d3")).toMatchObject({ answerAfterSeconds: 900 });
  });
});

describe("knowledge", () => {
  test("survives as JSON", async () => {
    const bench = new Bench();
    await bench.hold(900, 780, 12);
    const device = { user: "alice", deviceId: "d1" };
    const stored = JSON.stringify(bench.negotiator.knowledge(device));
    const next = new Bench();
    next.negotiator.restore(device, JSON.parse(stored));
    expect(next.decide(900)).toEqual(bench.decide(900));
    expect(next.negotiator.knowledge(device)).toEqual(JSON.parse(stored));
  });

  test("is nothing to store of a device without a limit", async () => {
    const bench = new Bench();
    await bench.hold(900, 900, 3);
    expect(bench.negotiator.knowledge({ user: "alice", deviceId: "d1" })).toBeUndefined();
  });

  test("is kept of the devices that were seen last", async () => {
    const bench = new Bench({ maxDevices: 2, maxNetworks: 1 });
    await bench.hold(900, 780, 12, "net", "d1");
    await bench.hold(900, 780, 1, "other", "d2");
    await bench.hold(900, 780, 1, "other", "d3");
    expect(bench.negotiator.knowledge({ user: "alice", deviceId: "d1" })).toBeUndefined();
  });
});

test.each<LearningHeartbeatOptions>([
  { maxDevices: 0 },
  { maxNetworks: 1.5 },
  { minSeconds: 90, maxSeconds: 60 },
])("options that make no sense are refused when given: %o", (options) => {
  expect(() => new LearningHeartbeatNegotiator(options)).toThrowError(
    expect.objectContaining({ code: "ERR_OPTION_INVALID" }),
  );
});
