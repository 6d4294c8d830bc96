import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectPushError } from "../../../src/errors.js";
import type { MockBehaviour } from "../../../src/testing/mock-change-source.js";
import { NOTHING_LEFT, PingBench } from "./held-pings.js";

const unhandled: unknown[] = [];
const note = (error: unknown): void => {
  unhandled.push(error);
};

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});

afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

const down = new Error("the mail server is down");
const broken: [string, MockBehaviour, string][] = [
  ["throws", { kind: "throw", error: down }, "ERR_CALL_FAILED"],
  ["rejects", { kind: "reject", error: down }, "ERR_CALL_FAILED"],
  ["rejects with no error", { kind: "reject", error: undefined }, "ERR_CALL_FAILED"],
  ["never answers", { kind: "never" }, "ERR_CALL_TIMEOUT"],
  ["answers too late", { kind: "delay", delayMs: 12_000 }, "ERR_CALL_TIMEOUT"],
];

describe.each(broken)("a source that %s", (_name, behaviour, code) => {
  test("when it is asked to watch, fails the hold and leaves nothing", async () => {
    const bench = new PingBench();
    bench.source.watchBehaviour = behaviour;
    const ping = bench.hold();
    await bench.clock.advance(10_000);
    expect(ping.outcomes).toMatchObject([{ kind: "failed", error: { code }, wasHeld: false }]);
    expect(bench.told.filter(({ kind }) => kind === "sourceFailed")).toMatchObject([{ call: "watch" }]);
    await bench.clock.advance(60_000);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
    expect(bench.source.watchesOpened).toBe(bench.source.watchesStopped);
  });

  test("when it is asked for markers, fails the hold and leaves nothing", async () => {
    const bench = new PingBench();
    bench.source.markerBehaviour = behaviour;
    const ping = bench.hold({ folders: ["inbox", "sent", "trash"] });
    await bench.clock.advance(10_000);
    expect(ping.outcomes).toMatchObject([{ kind: "failed", error: { code }, wasHeld: false }]);
    expect(bench.told.filter(({ kind }) => kind === "sourceFailed")).toMatchObject([{ call: "marker" }]);
    await bench.clock.advance(60_000);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
    expect(bench.source.watchesStopped).toBe(1);
  });

  test("does not keep the hold from being disconnected, superseded or recalled meanwhile", async () => {
    const bench = new PingBench();
    bench.source.watchBehaviour = behaviour;
    const pings = [bench.hold(), bench.hold(), bench.hold({ deviceId: "d2" })];
    pings[1]?.gone();
    bench.coordinator.recall("alice", "d2");
    await bench.clock.advance(20_000);
    const kinds = pings.map(({ outcomes }) => outcomes.map(({ kind }) => kind));
    expect(kinds).toEqual([["superseded"], ["disconnected"], ["recalled"]]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
    expect(bench.source.watchesOpened).toBe(bench.source.watchesStopped);
  });
});

describe("a source that calls back wrongly", () => {
  test("from inside watch: the change counts, and nothing breaks", async () => {
    const bench = new PingBench();
    bench.source.notifiedInsideWatch = ["inbox", "unwatched"];
    const ping = bench.hold();
    await bench.clock.advance(100);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("from inside a watch that then throws", async () => {
    const bench = new PingBench();
    bench.source.notifiedInsideWatch = ["inbox"];
    bench.source.watchBehaviour = { kind: "throw", error: down };
    const ping = bench.hold();
    await bench.clock.advance(1_000);
    expect(ping.outcomes).toMatchObject([{ kind: "failed" }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("for a folder that is not watched: ignored", async () => {
    const bench = new PingBench();
    const ping = bench.hold();
    await bench.clock.settle();
    bench.source.notifyUnwatched("alice", "sent");
    bench.source.notifyUnwatched("alice", "__proto__");
    await bench.clock.advance(60_000);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
  });

  test("after the watch was stopped: ignored", async () => {
    const bench = new PingBench();
    const ping = bench.hold();
    await bench.clock.advance(60_000);
    bench.source.notifyStopped("inbox");
    await bench.clock.advance(1_000);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("a thousand times: asked about once", async () => {
    const bench = new PingBench();
    let asked = 0;
    const ping = bench.hold({
      confirm: async () => {
        asked += 1;
        return true;
      },
    });
    await bench.clock.settle();
    for (let time = 0; time < 1_000; time += 1) bench.source.notify("alice", "inbox");
    await bench.clock.advance(1_000);
    expect(asked).toBe(1);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });
});

describe("a stop function", () => {
  test("that throws is reported and changes no outcome", async () => {
    const bench = new PingBench();
    bench.source.stopError = down;
    const ping = bench.hold();
    await bench.clock.advance(60_000);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
    expect(bench.told).toContainEqual({ kind: "sourceFailed", error: down, call: "stop" });
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("that is async and rejects is reported", async () => {
    const bench = new PingBench();
    bench.source.watch = async () => () => Promise.reject(down);
    bench.hold().gone();
    await bench.clock.advance(1_000);
    expect(bench.told).toContainEqual({ kind: "sourceFailed", error: down, call: "stop" });
  });

  test("that the source forgot to return is done without", async () => {
    const bench = new PingBench();
    bench.source.watch = async () => undefined as unknown as () => void;
    const ping = bench.hold();
    await bench.clock.advance(60_000);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
  });

  test("is called when the watch opens after the hold has ended", async () => {
    const bench = new PingBench();
    bench.source.watchBehaviour = { kind: "delay", delayMs: 5_000 };
    const ping = bench.hold();
    await bench.clock.advance(1_000);
    ping.gone();
    await bench.clock.advance(10_000);
    expect(ping.outcomes).toEqual([{ kind: "disconnected", afterSeconds: 1, how: "closed" }]);
    expect(bench.source.watchesOpened).toBe(1);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });
});

describe("a confirm that fails", () => {
  test.each([
    [
      "throws",
      (): Promise<boolean> => {
        throw down;
      },
      "ERR_CALL_FAILED",
    ],
    ["rejects", (): Promise<boolean> => Promise.reject(down), "ERR_CALL_FAILED"],
    ["never answers", (): Promise<boolean> => new Promise(() => {}), "ERR_CALL_TIMEOUT"],
  ])("(it %s) fails the hold", async (_name, confirm, code) => {
    const bench = new PingBench();
    const ping = bench.hold({ confirm });
    await bench.clock.advance(1_000);
    bench.source.change("alice", "inbox");
    await bench.clock.advance(16_000);
    expect(ping.outcomes).toMatchObject([{ kind: "failed", error: { code }, wasHeld: true }]);
    expect(bench.told).toMatchObject([{}, { kind: "sourceFailed", call: "confirm" }, { kind: "ended" }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("for one folder does not hide the change of another", async () => {
    const bench = new PingBench();
    const ping = bench.hold({
      folders: { inbox: "older", sent: "older" },
      confirm: async (folder) => {
        if (folder === "inbox") throw down;
        return true;
      },
    });
    await bench.clock.advance(1_000);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["sent"] }]);
  });

  test("keeps the code of this library's own errors", async () => {
    const bench = new PingBench();
    const unavailable = new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "down");
    const ping = bench.hold({ folders: { inbox: "older" }, confirm: () => Promise.reject(unavailable) });
    await bench.clock.advance(1_000);
    expect(ping.outcomes).toEqual([{ kind: "failed", error: unavailable, wasHeld: false }]);
  });
});

test("a source that recovers serves the next hold", async () => {
  const bench = new PingBench();
  bench.source.watchBehaviour = { kind: "reject", error: down };
  bench.hold();
  await bench.clock.advance(1_000);
  bench.source.watchBehaviour = { kind: "answer" };
  bench.source.change("alice", "inbox");
  const ping = bench.hold({ folders: { inbox: "0" } });
  await bench.clock.advance(1_000);
  expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
});
