import { describe, expect, test } from "vitest";
import { HISTORY_LENGTH } from "../../../src/push/heartbeat-history.js";
import {
  BoundedHeartbeatNegotiator,
  type HeartbeatNegotiatorOptions,
} from "../../../src/push/heartbeat-negotiator.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";

const device = { user: "alice", deviceId: "d1" };

describe("bounds", () => {
  test.each([
    [59, { kind: "refused", nearestSeconds: 60 }],
    [60, { kind: "accepted", heartbeatSeconds: 60, answerAfterSeconds: 60 }],
    [3540, { kind: "accepted", heartbeatSeconds: 3540, answerAfterSeconds: 3540 }],
    [3541, { kind: "refused", nearestSeconds: 3540 }],
    [-100, { kind: "refused", nearestSeconds: 60 }],
    [6_000_000, { kind: "refused", nearestSeconds: 3540 }],
    [Number.POSITIVE_INFINITY, { kind: "refused", nearestSeconds: 3540 }],
    [Number.NaN, { kind: "refused", nearestSeconds: 60 }],
  ])("by default decide on %d seconds", (askedSeconds, decision) => {
    expect(new BoundedHeartbeatNegotiator().negotiate(device, askedSeconds)).toEqual(decision);
  });

  test("may be one single interval", () => {
    const negotiator = new BoundedHeartbeatNegotiator({ minSeconds: 300, maxSeconds: 300 });
    expect(negotiator.negotiate(device, 299)).toEqual({ kind: "refused", nearestSeconds: 300 });
    expect(negotiator.negotiate(device, 301)).toEqual({ kind: "refused", nearestSeconds: 300 });
    expect(negotiator.negotiate(device, 300)).toMatchObject({ kind: "accepted" });
  });

  test.each<[HeartbeatNegotiatorOptions, RegExp]>([
    [{ minSeconds: 0 }, /minSeconds .* 1 to 3540: 0/],
    [{ minSeconds: 60.5 }, /minSeconds .*: 60\.5/],
    [{ minSeconds: Number.NaN }, /minSeconds .*: NaN/],
    [{ maxSeconds: 3541 }, /maxSeconds .* 1 to 3540: 3541/],
    [{ minSeconds: 600, maxSeconds: 300 }, /minSeconds .* maxSeconds: 600 > 300/],
    [{ maxDevices: 0 }, /maxDevices .*: 0/],
  ])("that make no sense are refused when given: %o", (options, message) => {
    expect(() => new BoundedHeartbeatNegotiator(options)).toThrowError(
      expect.objectContaining({ code: "ERR_OPTION_INVALID", message: expect.stringMatching(message) }),
    );
  });
});

describe("the history", () => {
  function setUp(options: HeartbeatNegotiatorOptions = {}): {
    clock: FakeClock;
    negotiator: BoundedHeartbeatNegotiator;
  } {
    const clock = new FakeClock({ nowMs: 1_000_000_000 });
    return { clock, negotiator: new BoundedHeartbeatNegotiator({ clock, ...options }) };
  }

  const request = (sequence: number, network?: string) =>
    ({
      kind: "requested",
      device,
      sequence,
      askedSeconds: 480,
      answerAfterSeconds: 480,
      ...(network !== undefined && { network }),
    }) as const;
  const end = (sequence: number, outcome: "expired" | "disconnected" | "superseded", heldSeconds: number) =>
    ({ kind: "ended", device, sequence, outcome, heldSeconds }) as const;

  test("of an unknown device is empty", () => {
    expect(setUp().negotiator.history(device)).toEqual({ intervals: [] });
  });

  test("counts an answer as received only when the device's next request has come", async () => {
    const { clock, negotiator } = setUp();
    negotiator.observe(request(1, "192.0.2.0/24"));
    await clock.advance(480_000);
    negotiator.observe(end(1, "expired", 480));
    const unproved = {
      requestedAtSeconds: 1_000_000,
      askedSeconds: 480,
      answerAfterSeconds: 480,
      network: "192.0.2.0/24",
      endedAs: "expired",
      heldSeconds: 480,
    };
    expect(negotiator.history(device).intervals).toEqual([unproved]);
    await clock.advance(700);
    negotiator.observe({ kind: "seen", device, sequence: 2, network: "198.51.100.0/24" });
    const proved = { ...unproved, nextAfterSeconds: 0.7, nextNetwork: "198.51.100.0/24" };
    expect(negotiator.history(device).intervals).toEqual([proved]);
    await clock.advance(5_000);
    negotiator.observe({ kind: "seen", device, sequence: 3 });
    expect(negotiator.history(device).intervals).toEqual([proved]);
  });

  test("takes a held request for a seen one", async () => {
    const { clock, negotiator } = setUp();
    negotiator.observe(request(1));
    negotiator.observe(end(1, "disconnected", 12));
    await clock.advance(3_000);
    negotiator.observe(request(2));
    expect(negotiator.history(device).intervals).toMatchObject([
      { endedAs: "disconnected", heldSeconds: 12, nextAfterSeconds: 3 },
      { requestedAtSeconds: 1_000_003 },
    ]);
  });

  test("takes no request that was on its way before the answer for a proof of it", () => {
    const { negotiator } = setUp();
    negotiator.observe(request(5));
    negotiator.observe({ kind: "seen", device, sequence: 6 });
    negotiator.observe(end(5, "expired", 480));
    negotiator.observe({ kind: "seen", device, sequence: 4 });
    expect(negotiator.history(device).intervals[0]).not.toHaveProperty("nextAfterSeconds");
  });

  test("proves nothing of a superseded request", () => {
    const { negotiator } = setUp();
    negotiator.observe(request(1));
    negotiator.observe(request(2));
    negotiator.observe(end(1, "superseded", 5));
    negotiator.observe({ kind: "seen", device, sequence: 3 });
    expect(negotiator.history(device).intervals[0]).toMatchObject({ endedAs: "superseded", heldSeconds: 5 });
    expect(negotiator.history(device).intervals[0]).not.toHaveProperty("nextAfterSeconds");
  });

  test("ignores the end of a request that it does not know, and a second end", () => {
    const { negotiator } = setUp();
    negotiator.observe(end(9, "expired", 480));
    negotiator.observe(request(1));
    negotiator.observe(end(1, "disconnected", 12));
    negotiator.observe(end(1, "expired", 480));
    expect(negotiator.history(device).intervals).toMatchObject([
      { endedAs: "disconnected", heldSeconds: 12 },
    ]);
  });

  test("measures the gap on the clock that does not jump", async () => {
    const { clock, negotiator } = setUp();
    negotiator.observe(request(1));
    negotiator.observe(end(1, "expired", 480));
    clock.jump(3_600_000);
    await clock.advance(1_000);
    negotiator.observe({ kind: "seen", device, sequence: 2 });
    expect(negotiator.history(device).intervals).toMatchObject([{ nextAfterSeconds: 1 }]);
  });

  test("keeps the newest intervals, and the devices that were seen last", () => {
    const { negotiator } = setUp({ maxDevices: 2 });
    for (let sequence = 1; sequence <= HISTORY_LENGTH + 5; sequence += 1) {
      negotiator.observe({ ...request(sequence), askedSeconds: 100 + sequence });
    }
    const { intervals } = negotiator.history(device);
    expect(intervals).toHaveLength(HISTORY_LENGTH);
    expect(intervals.at(-1)?.askedSeconds).toBe(100 + HISTORY_LENGTH + 5);

    const [second, third] = [
      { ...device, deviceId: "d2" },
      { ...device, deviceId: "d3" },
    ];
    negotiator.observe({ ...request(101), device: second });
    negotiator.observe({ kind: "seen", device, sequence: 102 });
    negotiator.observe({ ...request(103), device: third });
    expect(negotiator.history(second).intervals).toEqual([]);
    expect(negotiator.history(device).intervals).toHaveLength(HISTORY_LENGTH);
    expect(negotiator.history(third).intervals).toHaveLength(1);
  });

  test("survives as JSON, and the numbers of a former process mean nothing in the next", async () => {
    const { clock, negotiator } = setUp();
    negotiator.observe(request(1, "n"));
    negotiator.observe(end(1, "expired", 479.9));
    await clock.advance(100);
    negotiator.observe(request(2));
    const stored = JSON.stringify(negotiator.history(device));

    const next = setUp().negotiator;
    next.restore(device, JSON.parse(stored));
    expect(next.history(device)).toEqual(negotiator.history(device));
    next.observe(end(2, "expired", 480));
    next.observe(request(1));
    expect(next.history(device).intervals).toHaveLength(3);
    expect(next.history(device).intervals[1]).not.toHaveProperty("endedAs");
  });
});
