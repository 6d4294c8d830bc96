import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { EventLoopTurns } from "../../../src/push/event-loop-turns.js";
import { SlicedQueue } from "../../../src/push/sliced-queue.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";

function turns(): EventLoopTurns {
  return new EventLoopTurns(new FakeClock());
}

describe("SlicedQueue", () => {
  it("handles entries in their order, never from inside `push`, and so many in a turn of the event loop", async () => {
    const handled: number[] = [];
    const queue = new SlicedQueue<number>(turns(), 3, (entry) => handled.push(entry));
    for (let entry = 1; entry <= 7; entry += 1) queue.push(entry);
    expect(handled).toEqual([]);
    await Promise.resolve();
    expect(handled).toEqual([1, 2, 3]);
    await queue.drained();
    expect(handled).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("keeps nothing of what was handled while the rest waits", async () => {
    setFlagsFromString("--expose-gc");
    const gc: () => void = runInNewContext("gc");
    const pushed: WeakRef<object>[] = [];
    const kept: number[] = [];
    const queue = new SlicedQueue<object>(turns(), 1, () => {
      gc();
      kept.push(pushed.filter((entry) => entry.deref() !== undefined).length);
    });
    for (let count = 0; count < 3; count += 1) {
      const entry = {};
      pushed.push(new WeakRef(entry));
      queue.push(entry);
    }
    await queue.drained();
    expect(kept).toEqual([3, 2, 1]);
  });

  it("hands on to a queue that shares its turns no more than a few entries ahead of it", async () => {
    let nowMs = 0;
    const shared = new EventLoopTurns(Object.assign(new FakeClock(), { monotonicNow: () => nowMs }));
    let ahead = 0;
    let most = 0;
    const second = new SlicedQueue<number>(shared, 200, () => {
      nowMs += 0.03;
      ahead -= 1;
    });
    const first = new SlicedQueue<number>(shared, 200, (entry) => {
      ahead += 1;
      most = Math.max(most, ahead);
      second.push(entry);
    });
    for (let entry = 0; entry < 2_000; entry += 1) first.push(entry);
    await first.drained();
    await second.drained();
    expect(ahead).toBe(0);
    expect(most).toBeLessThanOrEqual(32);
  });
});
