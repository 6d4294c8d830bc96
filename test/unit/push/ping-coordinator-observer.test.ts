import { expect, test } from "vitest";
import type { HoldEnd } from "../../../src/push/coordinator-observer.js";
import type { HeldHeartbeat } from "../../../src/push/heartbeat-negotiator.js";
import { PingBench } from "./held-pings.js";

test("what the observer returned of a hold comes back with the end of that hold, and is not kept longer", async () => {
  const returned = new Map<string, HeldHeartbeat>();
  const back: [string, HeldHeartbeat | undefined][] = [];
  const ends: HoldEnd[] = [];
  const bench = new PingBench({
    observer: {
      held({ deviceId }) {
        const heartbeat = { ended: () => {} };
        returned.set(deviceId, heartbeat);
        return heartbeat;
      },
      ended(end) {
        ends.push(end);
        back.push([end.describe().deviceId, end.heartbeat]);
      },
    },
  });
  bench.hold({ deviceId: "d1" });
  bench.hold({ deviceId: "d2" }).gone();
  await bench.clock.advance(61_000);
  expect(back).toEqual([
    ["d2", returned.get("d2")],
    ["d1", returned.get("d1")],
  ]);
  expect(back[0]?.[1]).not.toBe(back[1]?.[1]);
  expect(ends.map((end) => end.heartbeat)).toEqual([undefined, undefined]);
});

test("an observer that fails when a hold begins still hears of its end", async () => {
  const ends: [string, HeldHeartbeat | undefined][] = [];
  const bench = new PingBench({
    observer: {
      held() {
        throw new Error("fault of the observer");
      },
      ended: (end) => ends.push([end.outcome.kind, end.heartbeat]),
    },
  });
  const held = bench.hold();
  await bench.clock.advance(61_000);
  expect(held.outcomes).toEqual([{ kind: "expired" }]);
  expect(ends).toEqual([["expired", undefined]]);
});
