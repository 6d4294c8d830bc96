import { describe, expect, test } from "vitest";
import { PingBench } from "./held-pings.js";

describe("a source that may have missed a change", () => {
  test("costs a look at the marker, and no question, when nothing happened", async () => {
    const bench = new PingBench();
    let asked = 0;
    const hold = bench.hold({
      confirm: async () => {
        asked += 1;
        return true;
      },
    });
    await bench.clock.advance(1_000);
    const before = bench.source.markersAsked;
    bench.source.notify("alice", "inbox", "perhaps");
    await bench.clock.advance(1_000);
    expect([hold.outcomes, asked, bench.source.markersAsked - before]).toEqual([[], 0, 1]);
  });

  test("costs a comparison of markers after a change was told in vain as well", async () => {
    const bench = new PingBench();
    let asked = 0;
    const hold = bench.hold({
      confirm: async () => {
        asked += 1;
        return false;
      },
    });
    await bench.clock.advance(1_000);
    bench.source.notify("alice", "inbox");
    await bench.clock.advance(1_000);
    bench.source.notify("alice", "inbox", "perhaps");
    await bench.clock.advance(1_000);
    expect([hold.outcomes, asked]).toEqual([[], 1]);
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
