import { describe, expect, test } from "vitest";
import type { HoldOutcome } from "../../../src/push/hold.js";
import { NOTHING_LEFT, PingBench } from "./held-pings.js";

describe("the end of an interval", () => {
  test.each([0, 1, 123.4, 249, 250, 999.9])(
    "comes at most 250 ms early and never late (%d ms)",
    async (startMs) => {
      const bench = new PingBench();
      await bench.clock.advance(startMs);
      const ping = bench.hold({ heartbeatSeconds: 60 });
      await bench.clock.advance(59_750 - 0.001);
      expect(ping.outcomes).toEqual([]);
      await bench.clock.advance(250.001);
      expect(ping.outcomes).toEqual([{ kind: "expired" }]);
      expect(bench.leftOver).toEqual(NOTHING_LEFT);
    },
  );

  test("counts from the arrival of the request, not from the hold", async () => {
    const bench = new PingBench();
    await bench.clock.advance(10_000);
    const ping = bench.hold({ heartbeatSeconds: 60, receivedAtMs: 2_000 });
    await bench.clock.advance(52_000);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
  });

  test("comes at once when loading took longer than the interval", async () => {
    const bench = new PingBench();
    await bench.clock.advance(100_000);
    const ping = bench.hold({ heartbeatSeconds: 60, receivedAtMs: 2_000 });
    await bench.clock.advance(0);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("does not move with the wall clock", async () => {
    const bench = new PingBench();
    const ping = bench.hold({ heartbeatSeconds: 60 });
    bench.clock.jump(3_600_000);
    await bench.clock.advance(30_000);
    bench.clock.jump(-7_200_000);
    await bench.clock.advance(29_000);
    expect(ping.outcomes).toEqual([]);
    await bench.clock.advance(1_000);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
  });

  test("comes while the source still has not answered", async () => {
    const bench = new PingBench({ callTimeoutMs: 100_000 });
    bench.source.watchBehaviour = { kind: "delay", delayMs: 90_000 };
    const ping = bench.hold({ heartbeatSeconds: 60 });
    await bench.clock.advance(60_000);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
    await bench.clock.advance(40_000);
    expect(bench.source.watchesOpened).toBe(1);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("gives way to a change that is being gathered", async () => {
    const bench = new PingBench({ gatherMs: 1_000 });
    const ping = bench.hold({ heartbeatSeconds: 60 });
    await bench.clock.advance(59_900);
    bench.source.change("alice", "inbox");
    await bench.clock.advance(100);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
    await bench.clock.advance(1_000);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("gives way to a change that is being confirmed, for a second at most", async () => {
    for (const confirmMs of [900, 3_000]) {
      const bench = new PingBench();
      const ping = bench.hold({
        heartbeatSeconds: 60,
        confirm: () => new Promise((resolve) => bench.clock.setTimer(() => resolve(true), confirmMs)),
      });
      await bench.clock.advance(59_900);
      bench.source.change("alice", "inbox");
      await bench.clock.advance(1_200);
      const expected = confirmMs === 900 ? { kind: "changed", folders: ["inbox"] } : { kind: "expired" };
      expect(ping.outcomes).toEqual([expected]);
      await bench.clock.advance(10_000);
      expect(bench.leftOver).toEqual(NOTHING_LEFT);
    }
  });

  test("comes when the change that was being confirmed does not concern the device", async () => {
    const bench = new PingBench();
    const ping = bench.hold({
      heartbeatSeconds: 60,
      confirm: () => new Promise((resolve) => bench.clock.setTimer(() => resolve(false), 500)),
    });
    await bench.clock.advance(59_900);
    bench.source.change("alice", "inbox");
    await bench.clock.advance(200);
    bench.source.change("alice", "inbox");
    await bench.clock.advance(500);
    expect(ping.outcomes).toEqual([]);
    // At once, and not when the time for confirming is over.
    await bench.clock.advance(360);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
    await bench.clock.advance(1_000);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("needs one timer for many holds", async () => {
    const bench = new PingBench();
    for (let device = 0; device < 100; device += 1) {
      bench.hold({ deviceId: `d${device}`, heartbeatSeconds: 60 + device });
    }
    await bench.clock.settle();
    expect(bench.clock.pendingTimers).toBe(1);
    await bench.clock.advance(160_000);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });
});

test("a day of heartbeats: every interval ends in time and every mail is pushed within the gathering time", async () => {
  const bench = new PingBench();
  const mailMs = [3_600_000, 3_600_020, 40_000_000, 86_000_000, 86_300_000];
  const pushedMs: number[] = [];
  const intervals: number[] = [];
  let synced = "0";
  const ping = (): void => {
    const beganMs = bench.clock.monotonicNow();
    const settled = (outcome: HoldOutcome): void => {
      if (outcome.kind === "changed") pushedMs.push(bench.clock.monotonicNow());
      else intervals.push(bench.clock.monotonicNow() - beganMs);
      synced = bench.source.markerNow("alice", "inbox");
      ping();
    };
    bench.hold({ folders: { inbox: synced }, heartbeatSeconds: 480, settled });
  };
  ping();
  for (const atMs of mailMs) bench.clock.setTimer(() => bench.source.change("alice", "inbox"), atMs);
  await bench.clock.advance(86_400_000);
  expect(pushedMs).toEqual([3_600_050, 40_000_050, 86_000_050, 86_300_050]);
  expect(intervals.length).toBeGreaterThan(170);
  expect(Math.min(...intervals)).toBeGreaterThanOrEqual(479_750);
  expect(Math.max(...intervals)).toBeLessThanOrEqual(480_000);
});
