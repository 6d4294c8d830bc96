import { describe, expect, test } from "vitest";
import { PingBench } from "./held-pings.js";

/** A hold of a device whose state is asked for, and counted; it is what `concerns` says. */
async function countingHold(concerns: boolean) {
  const bench = new PingBench();
  const counted = { questions: 0 };
  const hold = bench.hold({
    confirm: async () => {
      counted.questions += 1;
      return concerns;
    },
  });
  await bench.clock.advance(1_000);
  return { bench, hold, counted };
}

describe("a source that may have missed a change", () => {
  test("costs a look at the marker, and no question, when nothing happened", async () => {
    const { bench, hold, counted } = await countingHold(true);
    const before = bench.source.markersAsked;
    bench.source.notify("alice", "inbox", "perhaps");
    await bench.clock.advance(1_000);
    expect([hold.outcomes, counted.questions, bench.source.markersAsked - before]).toEqual([[], 0, 1]);
  });

  test("costs no more after a change that was told in vain", async () => {
    const { bench, hold, counted } = await countingHold(false);
    bench.source.notify("alice", "inbox");
    await bench.clock.advance(1_000);
    bench.source.notify("alice", "inbox", "perhaps");
    await bench.clock.advance(1_000);
    expect([hold.outcomes, counted.questions]).toEqual([[], 1]);
  });

  test("wakes the device when the marker differs", async () => {
    const bench = new PingBench();
    const hold = bench.hold();
    await bench.clock.advance(1_000);
    bench.source.setMarker("alice", "inbox", "another");
    bench.source.notify("alice", "inbox", "perhaps");
    await bench.clock.advance(1_000);
    expect(hold.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });

  test("asks the device's state when the folder's marker is not known", async () => {
    const bench = new PingBench();
    let answer = false;
    const hold = bench.hold({ folders: { inbox: undefined }, confirm: async () => answer });
    await bench.clock.advance(1_000);
    answer = true;
    bench.source.setMarker("alice", "inbox", "another");
    bench.source.notify("alice", "inbox", "perhaps");
    await bench.clock.advance(1_000);
    expect(hold.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });

  test("is believed before the first comparison is over", async () => {
    const bench = new PingBench();
    bench.source.markerBehaviour = { kind: "delay", delayMs: 500 };
    const hold = bench.hold();
    await bench.clock.advance(100);
    bench.source.notify("alice", "inbox", "perhaps");
    await bench.clock.advance(300);
    expect(hold.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });
});
