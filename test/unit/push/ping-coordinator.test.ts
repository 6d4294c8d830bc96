import { describe, expect, test } from "vitest";
import { HIERARCHY } from "../../../src/push/mailbox-change-source.js";
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

  test("names every folder of one operation, once each and in the order they were asked for", async () => {
    const bench = new PingBench();
    const ping = bench.hold({ folders: ["inbox", "sent", "trash"] });
    await bench.clock.advance(1_000);
    bench.source.change("alice", "trash");
    bench.source.change("alice", "trash");
    await bench.clock.advance(49);
    bench.source.change("alice", "inbox");
    await bench.clock.advance(10);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox", "trash"] }]);
  });

  test("watches the hierarchy like any folder", async () => {
    const bench = new PingBench();
    const ping = bench.hold({ folders: ["inbox", HIERARCHY] });
    await bench.clock.advance(1_000);
    bench.source.change("alice", HIERARCHY);
    await bench.clock.advance(50);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: [HIERARCHY] }]);
  });

  test("does not hear of another user's folder of the same name", async () => {
    const bench = new PingBench();
    const alice = bench.hold({ user: "alice" });
    const bob = bench.hold({ user: "bob" });
    await bench.clock.advance(1_000);
    bench.source.change("bob", "inbox");
    await bench.clock.advance(1_000);
    expect(alice.outcomes).toEqual([]);
    expect(bob.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });

  test("with a gathering time of 0 ends without any time passing", async () => {
    const bench = new PingBench({ gatherMs: 0 });
    const ping = bench.hold({ folders: ["inbox", "sent"] });
    await bench.clock.settle();
    bench.source.change("alice", "sent");
    bench.source.change("alice", "inbox");
    await bench.clock.settle();
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox", "sent"] }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("without folders watches nothing and waits out its interval", async () => {
    const bench = new PingBench();
    const ping = bench.hold({ folders: [] });
    await bench.clock.advance(60_000);
    expect(bench.source.watchesAsked + bench.source.markersAsked).toBe(0);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
  });

  test("is released when its client goes away", async () => {
    const bench = new PingBench();
    const ping = bench.hold();
    await bench.clock.advance(12_500);
    ping.gone();
    ping.gone();
    await bench.clock.settle();
    expect(ping.outcomes).toEqual([{ kind: "disconnected", afterSeconds: 12.5, how: "closed" }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("keeps its outcome when its client goes away afterwards", async () => {
    const bench = new PingBench();
    const ping = bench.hold();
    await bench.clock.advance(60_000);
    ping.gone();
    await bench.clock.settle();
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
  });

  test("ends when the operator recalls the device, whatever it holds, and no other device with it", async () => {
    const bench = new PingBench();
    const ping = bench.hold();
    const sync = bench.hold({ command: "Sync" });
    const other = bench.hold({ deviceId: "d2" });
    bench.coordinator.recall("alice", "d1");
    bench.coordinator.recall("alice", "unknown");
    await bench.clock.settle();
    expect([ping.outcomes, sync.outcomes]).toEqual([[{ kind: "recalled" }], [{ kind: "recalled" }]]);
    expect(other.outcomes).toEqual([]);
  });
});

describe("a change from before the hold", () => {
  test("is reported at once, and again as long as the device does not sync", async () => {
    const bench = new PingBench();
    bench.source.change("alice", "inbox");
    for (let round = 0; round < 2; round += 1) {
      const ping = bench.hold({ folders: { inbox: "0", sent: "0" } });
      await bench.clock.advance(50);
      expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
    }
  });

  test("is asked about when the reference marker is not known", async () => {
    const bench = new PingBench();
    const asked: string[] = [];
    const ping = bench.hold({
      folders: { inbox: undefined, sent: undefined, trash: "0" },
      confirm: async (folder) => {
        asked.push(folder);
        return folder === "sent";
      },
    });
    await bench.clock.advance(50);
    expect(asked).toEqual(["inbox", "sent"]);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["sent"] }]);
  });
});

describe("a change that does not concern the device", () => {
  test("leaves the hold waiting, for the next change and for the end of the interval", async () => {
    const bench = new PingBench();
    let concerns = false;
    const ping = bench.hold({ folders: { inbox: "older" }, confirm: async () => concerns });
    await bench.clock.advance(1_000);
    bench.source.change("alice", "inbox");
    await bench.clock.advance(1_000);
    expect(ping.outcomes).toEqual([]);
    concerns = true;
    bench.source.change("alice", "inbox");
    await bench.clock.advance(1_000);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });

  test("is not asked about again while the folder's marker stays", async () => {
    const bench = new PingBench();
    let asked = 0;
    const ping = bench.hold({
      folders: { inbox: "older" },
      confirm: async () => {
        asked += 1;
        return false;
      },
    });
    await bench.clock.advance(1_000);
    for (let time = 0; time < 10; time += 1) {
      bench.source.notify("alice", "inbox");
      await bench.clock.advance(1_000);
    }
    expect(asked).toBe(1);
    bench.source.change("alice", "inbox");
    await bench.clock.advance(1_000);
    expect(asked).toBe(2);
    await bench.clock.advance(60_000);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("does not delay another folder's change by more than the gathering time", async () => {
    const bench = new PingBench();
    const ping = bench.hold({
      folders: { inbox: "older", sent: "older" },
      confirm: (folder) => (folder === "sent" ? Promise.resolve(true) : new Promise(() => {})),
    });
    await bench.clock.advance(100);
    expect(ping.outcomes).toEqual([{ kind: "changed", folders: ["sent"] }]);
    await bench.clock.advance(15_000);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });
});

describe("the settle function", () => {
  test("is never called from inside hold", async () => {
    const bench = new PingBench();
    await bench.coordinator.close();
    const ping = bench.hold();
    expect(ping.outcomes).toEqual([]);
    await Promise.resolve();
    expect(ping.outcomes).toEqual([{ kind: "closing" }]);
  });

  test("may throw without harm to other holds", async () => {
    const bench = new PingBench();
    bench.hold({
      deviceId: "thrower",
      settled: () => {
        throw new Error("settle");
      },
    });
    const later = bench.hold({ deviceId: "later" });
    await bench.clock.advance(1_000);
    bench.source.change("alice", "inbox");
    await bench.clock.advance(50);
    expect(later.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });
});

describe("what an observer sees", () => {
  test("each hold's beginning and end, with the reason of its waking", async () => {
    const bench = new PingBench();
    bench.hold();
    await bench.clock.advance(2_000);
    bench.source.change("alice", "inbox");
    await bench.clock.advance(50);
    bench.hold({ folders: { inbox: "0" } });
    await bench.clock.advance(50);
    bench.hold();
    await bench.clock.advance(60_000);
    const hold = { user: "alice", deviceId: "d1", command: "Ping", heartbeatSeconds: 60, folders: ["inbox"] };
    const changed = { kind: "changed", folders: ["inbox"] };
    expect(bench.told).toMatchObject([
      { kind: "held", hold: { ...hold, heldSeconds: 0, sequence: 1 } },
      { kind: "ended", hold: { ...hold, heldSeconds: 2.05 }, outcome: changed, wakeReason: "notified" },
      { kind: "held", hold: { ...hold, sequence: 2 } },
      { kind: "ended", hold: { ...hold, heldSeconds: 0.05 }, outcome: changed, wakeReason: "pending" },
      { kind: "held", hold: { ...hold, sequence: 3 } },
      { kind: "ended", hold: { ...hold, sequence: 3 }, outcome: { kind: "expired" }, wakeReason: undefined },
    ]);
  });

  test("a list of what is held now", async () => {
    const bench = new PingBench();
    bench.hold({ heartbeatSeconds: 480 });
    bench.hold({ user: "bob", command: "Sync" });
    await bench.clock.advance(3_000);
    expect(bench.coordinator.heldCount).toBe(2);
    expect(bench.coordinator.held()).toEqual([
      {
        user: "alice",
        deviceId: "d1",
        deviceType: "TestPhone",
        command: "Ping",
        heartbeatSeconds: 480,
        askedSeconds: 480,
        heldSeconds: 3,
        folders: ["inbox"],
        sequence: 1,
      },
      {
        user: "bob",
        deviceId: "d1",
        deviceType: "TestPhone",
        command: "Sync",
        heartbeatSeconds: 60,
        askedSeconds: 60,
        heldSeconds: 3,
        folders: ["inbox"],
        sequence: 2,
      },
    ]);
  });

  test("what the device asked for beside what is held", async () => {
    const bench = new PingBench();
    bench.hold({ heartbeatSeconds: 400, askedSeconds: 480 });
    await bench.clock.advance(400_000);
    const hold = { heartbeatSeconds: 400, askedSeconds: 480 };
    expect(bench.told).toMatchObject([
      { kind: "held", hold },
      { kind: "ended", hold, outcome: { kind: "expired" } },
    ]);
  });

  test("nothing of an answer that is only held back", async () => {
    const bench = new PingBench();
    const ping = bench.hold({ folders: [], heartbeatSeconds: 4, isHeldBack: true });
    expect(bench.coordinator.heldCount).toBe(1);
    await bench.clock.advance(4_000);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
    expect(bench.told).toEqual([]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("nothing that it can break by throwing", async () => {
    const fail = (): never => {
      throw new Error("observer");
    };
    const bench = new PingBench({ observer: { held: fail, ended: fail, sourceFailed: fail } });
    const ping = bench.hold();
    bench.source.watchBehaviour = { kind: "reject", error: new Error("down") };
    const failing = bench.hold({ deviceId: "d2" });
    await bench.clock.advance(60_000);
    expect(ping.outcomes).toEqual([{ kind: "expired" }]);
    expect(failing.outcomes).toMatchObject([{ kind: "failed" }]);
  });
});
