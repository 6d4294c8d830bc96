import { describe, expect, test } from "vitest";
import { NOTHING_LEFT, PingBench } from "./held-pings.js";

describe("a hold that waits", () => {
  test("ends as changed, naming the folder, when the source tells of a change", async () => {
    const bench = new PingBench();
    const ping = bench.hold({ folders: ["inbox", "sent"] });
    await bench.clock.advance(5_000);
    bench.source.change("alice", "sent");
    await bench.clock.advance(100);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["sent"] }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("ends as expired when its interval is over, a little early and never late", async () => {
    const bench = new PingBench();
    await bench.clock.advance(123);
    const ping = bench.hold({ heartbeatSeconds: 60 });
    await bench.clock.advance(59_700);
    expect(ping.outcomes).toEqual([]);
    await bench.clock.advance(300);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });
});
