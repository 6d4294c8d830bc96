import { describe, expect, test } from "vitest";
import type { MockBehaviour } from "../../../src/testing/mock-change-source.js";
import { NOTHING_LEFT, PingBench } from "./held-pings.js";

/** Nothing may be faster than this, so that a change can fall between any two steps of a hold. */
const STEP_MS = 100;
const slow: MockBehaviour = { kind: "delay", delayMs: STEP_MS };

/**
 * A mailbox of which only some changes concern the device: `confirm` answers with what was true when it was asked, a step later.
 */
function relevantChanges(bench: PingBench): { confirm: () => Promise<boolean>; arrive: () => void } {
  let isRelevant = false;
  return {
    confirm: () => {
      const answer = isRelevant;
      return new Promise((resolve) => bench.clock.setTimer(() => resolve(answer), STEP_MS));
    },
    arrive: () => {
      isRelevant = true;
      bench.source.change("alice", "inbox");
    },
  };
}

// Watch 0-100, markers 100-200, then changes without meaning whose gathering and confirming take up to 1000.
const gaps = Array.from({ length: 60 }, (_, index) => index * 20);

describe.each(gaps)("a change %d ms after the reference marker was taken", (arrivesMs) => {
  test("reaches a hold with slow calls and false alarms before and after", async () => {
    const bench = new PingBench({ gatherMs: 50 });
    bench.source.watchBehaviour = slow;
    bench.source.markerBehaviour = slow;
    const { confirm, arrive } = relevantChanges(bench);
    const folders = { inbox: bench.source.markerNow("alice", "inbox") };
    bench.clock.setTimer(arrive, arrivesMs);
    for (const falseAlarmMs of [90, 230, 260, 520, 530]) {
      bench.clock.setTimer(() => bench.source.change("alice", "inbox"), falseAlarmMs);
    }
    await bench.clock.advance(10);
    const ping = bench.hold({ folders, confirm, heartbeatSeconds: 60 });
    await bench.clock.advance(3_000);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
    await bench.clock.advance(60_000);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("reaches the hold although the answer with the folder's marker was already on its way", async () => {
    const bench = new PingBench({ gatherMs: 50 });
    bench.source.watchBehaviour = slow;
    // Answers with the marker of when it was asked: the opposite of the mock's own delay.
    bench.source.marker = (_mailbox, folder) => {
      const marker = bench.source.markerNow("alice", folder);
      return new Promise((resolve) => bench.clock.setTimer(() => resolve(marker), STEP_MS));
    };
    const { confirm, arrive } = relevantChanges(bench);
    const folders = { inbox: bench.source.markerNow("alice", "inbox") };
    bench.clock.setTimer(arrive, arrivesMs);
    bench.clock.setTimer(() => bench.source.notify("alice", "inbox"), 300);
    bench.clock.setTimer(() => bench.source.notify("alice", "inbox"), 600);
    const ping = bench.hold({ folders, confirm, heartbeatSeconds: 60 });
    await bench.clock.advance(3_000);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });
});

test("a change that arrives while an earlier one is being confirmed leads to another question", async () => {
  const bench = new PingBench();
  const { confirm, arrive } = relevantChanges(bench);
  const ping = bench.hold({ confirm });
  await bench.clock.advance(1_000);
  bench.source.change("alice", "inbox");
  await bench.clock.advance(100);
  arrive();
  await bench.clock.advance(1_000);
  expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
});

test("a change between the Sync's answer and the next Ping is found by its marker, without any notification", async () => {
  const bench = new PingBench();
  const syncedAt = bench.source.markerNow("alice", "inbox");
  bench.source.setMarker("alice", "inbox", "one mail more");
  const ping = bench.hold({ folders: { inbox: syncedAt } });
  await bench.clock.advance(50);
  expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
});
