import { describe, expect, test } from "vitest";
import { NOTHING_LEFT, PingBench, type TestedHold } from "./held-pings.js";

function holdMany(bench: PingBench, count: number): TestedHold[] {
  return Array.from({ length: count }, (_, device) =>
    bench.hold({ deviceId: `d${device}`, heartbeatSeconds: 600 }),
  );
}

const answered = (holds: readonly TestedHold[]): number =>
  holds.reduce((sum, { outcomes }) => sum + outcomes.length, 0);

describe("close", () => {
  test("answers every hold, spread evenly over the given time", async () => {
    const bench = new PingBench({ closeSpreadMs: 2_000 });
    const holds = holdMany(bench, 1_000);
    await bench.clock.advance(5_000);
    const closed = bench.coordinator.close();
    const curve: number[] = [];
    for (let quarter = 0; quarter < 4; quarter += 1) {
      await bench.clock.advance(500);
      curve.push(answered(holds));
    }
    for (const [quarter, count] of curve.entries()) {
      expect(Math.abs(count - 250 * (quarter + 1))).toBeLessThanOrEqual(50);
    }
    await closed;
    expect(holds.every(({ outcomes }) => outcomes.length === 1 && outcomes[0]?.kind === "closing")).toBe(
      true,
    );
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("answers at once when there is nothing to spread", async () => {
    for (const bench of [new PingBench({ closeSpreadMs: 0 }), new PingBench({ closeSpreadMs: 5_000 })]) {
      const [ping] = holdMany(bench, 1);
      await bench.coordinator.close();
      expect(ping?.outcomes).toEqual([{ kind: "closing" }]);
      await bench.clock.settle();
      expect(bench.leftOver).toEqual(NOTHING_LEFT);
    }
  });

  test("is over when nothing waits for its turn any more", async () => {
    const bench = new PingBench({ closeSpreadMs: 60_000 });
    holdMany(bench, 2);
    await bench.clock.settle();
    const closed = bench.coordinator.close();
    bench.source.change("alice", "inbox");
    await bench.clock.advance(100);
    await closed;
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("lets holds that wait for their turn end in their own way", async () => {
    const bench = new PingBench({ closeSpreadMs: 10_000 });
    holdMany(bench, 10);
    const last = bench.hold({ user: "bob", deviceId: "last" });
    await bench.clock.advance(1_000);
    const closed = bench.coordinator.close();
    bench.source.change("bob", "inbox");
    await bench.clock.advance(11_000);
    await closed;
    expect(last.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("holds what comes meanwhile until all are answered, and tells it of changes", async () => {
    const bench = new PingBench({ closeSpreadMs: 1_000 });
    holdMany(bench, 10);
    await bench.clock.settle();
    const closed = bench.coordinator.close();
    const late = bench.hold({ user: "bob", deviceId: "late" });
    const told = bench.hold({ user: "carol", deviceId: "told" });
    await bench.clock.advance(500);
    expect(late.outcomes).toEqual([]);
    bench.source.change("carol", "inbox");
    await bench.clock.advance(100);
    expect(told.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
    await bench.clock.advance(400);
    await closed;
    expect(late.outcomes).toEqual([{ kind: "closing" }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("a device that comes back meanwhile is held once, not asked again and again", async () => {
    const bench = new PingBench({ closeSpreadMs: 1_000 });
    const holds = holdMany(bench, 10);
    await bench.clock.settle();
    const closed = bench.coordinator.close();
    const again = bench.hold({ deviceId: "d0" });
    await bench.clock.advance(500);
    expect([holds[0]?.outcomes, again.outcomes]).toEqual([[{ kind: "closing" }], []]);
    await bench.clock.advance(500);
    await closed;
    expect(again.outcomes).toEqual([{ kind: "closing" }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("answers what comes afterwards at once, without a watch", async () => {
    const bench = new PingBench({ closeSpreadMs: 1_000 });
    await bench.coordinator.close();
    const watches = bench.source.watchesAsked;
    const late = bench.hold({ deviceId: "late" });
    await bench.clock.settle();
    expect(late.outcomes).toEqual([{ kind: "closing" }]);
    expect(bench.source.watchesAsked).toBe(watches);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("may be called twice, and on nothing", async () => {
    const bench = new PingBench();
    const closed = bench.coordinator.close();
    expect(bench.coordinator.close()).toBe(closed);
    await closed;
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("ends holds that are still arming, gathering and confirming", async () => {
    const bench = new PingBench({ closeSpreadMs: 0 });
    bench.source.watchBehaviour = { kind: "delay", delayMs: 500 };
    const arming = bench.hold({ deviceId: "arming" });
    bench.source.watchBehaviour = { kind: "answer" };
    const confirming = bench.hold({
      deviceId: "confirming",
      folders: { inbox: "older" },
      confirm: () => new Promise((resolve) => bench.clock.setTimer(() => resolve(true), 500)),
    });
    await bench.clock.advance(100);
    const gathering = bench.hold({ deviceId: "gathering", folders: { inbox: "older" } });
    await bench.clock.settle();
    await bench.coordinator.close();
    for (const { outcomes } of [arming, confirming, gathering])
      expect(outcomes).toEqual([{ kind: "closing" }]);
    await bench.clock.advance(1_000);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });
});

describe("ten thousand holds woken in one tick", () => {
  test("are answered in slices, with turns of the event loop between them", async () => {
    const bench = new PingBench({ gatherMs: 0, wakeSliceSize: 100, observer: {} });
    const holds = holdMany(bench, 10_000);
    await bench.clock.settle();
    while (bench.source.watchesOpen < holds.length) await bench.clock.settle();
    bench.source.change("alice", "inbox");
    let before = 0;
    let most = 0;
    for (let turn = 0; before < holds.length && turn < 1_000; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      const now = answered(holds);
      most = Math.max(most, now - before);
      before = now;
    }
    expect(before).toBe(holds.length);
    expect(most).toBeLessThanOrEqual(200);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });
});
