import { describe, expect, test } from "vitest";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { PeerBench } from "./held-by-peers.js";
import { NOTHING_LEFT, type TestedHold } from "./held-pings.js";

const superseded = [{ kind: "superseded" }];

describe("a newer request of the device in another process", () => {
  test("ends the older one", async () => {
    const peers = new PeerBench(2);
    const older = peers.at(0).bench.hold();
    await peers.advance(10);
    const newer = peers.at(1).bench.hold();
    await peers.advance(10);
    expect(older.outcomes).toEqual(superseded);
    expect(newer.outcomes).toEqual([]);
    expect(peers.at(0).bench.leftOver).toEqual(NOTHING_LEFT);
    expect(peers.held).toBe(1);
  });

  test("ends it wherever the device went before, and leaves other devices and commands alone", async () => {
    const peers = new PeerBench(3);
    const others = [
      peers.at(0).bench.hold({ deviceId: "d2" }),
      peers.at(0).bench.hold({ user: "bob" }),
      peers.at(0).bench.hold({ command: "Sync" }),
    ];
    const trail = [];
    for (const at of [0, 1, 2, 0, 2, 1]) {
      trail.push(peers.at(at).bench.hold());
      await peers.advance(10);
    }
    expect(trail.map(({ outcomes }) => outcomes[0]?.kind)).toEqual([
      ...Array(5).fill("superseded"),
      undefined,
    ]);
    expect(others.map(({ outcomes }) => outcomes)).toEqual([[], [], []]);
    expect(peers.held).toBe(4);
  });

  test("of many at once one stays", async () => {
    const peers = new PeerBench(4);
    const holds = peers.peers.map(({ bench }) => bench.hold());
    await peers.advance(10);
    expect(holds.filter(({ outcomes }) => outcomes.length === 0)).toHaveLength(1);
    expect(peers.held).toBe(1);
  });

  test("a Sync ends a hanging Sync elsewhere, and claims once if it is then held itself", async () => {
    const peers = new PeerBench(2);
    const older = peers.at(0).bench.hold({ command: "Sync" });
    await peers.advance(10);
    const { coordinator } = peers.at(1).bench;
    const sequence = coordinator.sequence();
    coordinator.supersede("alice", "d1", sequence, "Sync");
    await peers.advance(10);
    expect(older.outcomes).toEqual(superseded);
    const [before] = await peers.at(0).relay.claimed(["alice\0d1\0Sync"]);
    const newer = peers.at(1).bench.hold({ command: "Sync", sequence });
    await peers.advance(10);
    expect(await peers.at(0).relay.claimed(["alice\0d1\0Sync"])).toEqual([before]);
    peers.at(0).bench.hold({ command: "Sync" });
    await peers.advance(10);
    expect(newer.outcomes).toEqual(superseded);
  });

  test("came while the Sync that claimed was still worked on: it is not held any more", async () => {
    const peers = new PeerBench(2);
    const { coordinator } = peers.at(0).bench;
    const sequence = coordinator.sequence();
    coordinator.supersede("alice", "d1", sequence, "Sync");
    await peers.advance(10);
    const newer = peers.at(1).bench.hold({ command: "Sync" });
    await peers.advance(10);
    const older = peers.at(0).bench.hold({ command: "Sync", sequence });
    await peers.advance(10);
    expect([older.outcomes, newer.outcomes]).toEqual([superseded, []]);
  });
});

describe("a change, while the message of a newer Sync in another process is under way", () => {
  /** Process 0 holds the older Sync and has not heard of the newer one, which process 1 has answered. */
  async function overtakenUnheard(): Promise<[PeerBench, TestedHold]> {
    const peers = new PeerBench(2, { clock: new FakeClock(), delayMs: () => 800 });
    const older = peers.at(0).bench.hold({ command: "Sync" });
    await peers.advance(10);
    const { coordinator } = peers.at(1).bench;
    coordinator.supersede("alice", "d1", coordinator.sequence(), "Sync");
    await peers.advance(10);
    expect(older.outcomes).toEqual([]);
    return [peers, older];
  }

  test("does not answer the older one, whose answer would count as what the device has", async () => {
    const [peers, older] = await overtakenUnheard();
    const other = peers.at(0).bench.hold({ command: "Sync", deviceId: "d2" });
    await peers.advance(10);
    peers.at(0).bench.source.change("alice", "inbox");
    await peers.advance(100);
    expect([older.outcomes, other.outcomes]).toEqual([superseded, [{ kind: "changed", folders: ["inbox"] }]]);
    expect(peers.at(0).bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("of a mail that arrived does not, either", async () => {
    const peers = new PeerBench(2, { clock: new FakeClock(), delayMs: () => 800 });
    const older = peers.at(0).bench.hold({ command: "Sync", mail: ["inbox"] });
    await peers.advance(10);
    peers.at(1).bench.hold({ command: "Sync" });
    await peers.advance(10);
    peers.at(0).bench.source.arrive("alice", "inbox");
    await peers.advance(100);
    expect(older.outcomes).toEqual(superseded);
  });

  test.each([
    ["the others cannot be reached", (peers: PeerBench) => peers.hub.cut(peers.at(0).relay)],
    ["they have forgotten what was claimed", (peers: PeerBench) => peers.hub.empty()],
  ])("is told all the same when %s", async (_, happens) => {
    const [peers, older] = await overtakenUnheard();
    happens(peers);
    peers.at(0).bench.source.change("alice", "inbox");
    await peers.advance(100);
    expect(older.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
  });
});

describe("before a Sync is told of a change, the others are asked whether a newer one came to them", () => {
  test("and it is told when they do not answer in time", async () => {
    const peers = new PeerBench(1);
    const { bench, relay } = peers.at(0);
    const held = bench.hold({ command: "Sync" });
    await peers.advance(10);
    relay.claimed = () => new Promise(() => {});
    bench.source.change("alice", "inbox");
    await peers.advance(9_000);
    expect(held.outcomes).toEqual([]);
    await peers.advance(1_500);
    expect(held.outcomes).toEqual([{ kind: "changed", folders: ["inbox"] }]);
    expect(bench.told).toContainEqual(expect.objectContaining({ kind: "sourceFailed", call: "claim" }));
  });

  test("of many at once together, and of Pings not at all", async () => {
    const peers = new PeerBench(1);
    const { bench, relay } = peers.at(0);
    const asked: number[] = [];
    const { claimed } = relay;
    relay.claimed = (names) => {
      asked.push(names.length);
      return claimed.call(relay, names);
    };
    const devices = Array.from({ length: 50 }, (_, number) => `d${number}`);
    const holds = devices.flatMap((deviceId) => [
      bench.hold({ deviceId, command: "Sync" }),
      bench.hold({ deviceId }),
    ]);
    await peers.advance(10);
    bench.source.arrive("alice", "inbox");
    await peers.advance(100);
    expect(holds.every(({ outcomes }) => outcomes[0]?.kind === "changed")).toBe(true);
    expect(asked.reduce((sum, size) => sum + size, 0)).toBe(50);
    expect(asked.length).toBeLessThan(50);
  });
});

describe("when the others cannot be reached", () => {
  test("what is held stays held, local superseding works, and a failed claim is told", async () => {
    const peers = new PeerBench(2);
    const { bench, relay } = peers.at(0);
    const before = bench.hold({ deviceId: "d2" });
    await peers.advance(10);
    peers.hub.cut(relay);
    const older = bench.hold();
    const newer = bench.hold();
    await peers.advance(10_000);
    expect([before.outcomes, older.outcomes, newer.outcomes]).toEqual([[], superseded, []]);
    const failed = bench.told.filter(({ kind }) => kind === "sourceFailed");
    expect(failed).toMatchObject([{ call: "claim" }, { call: "claim" }]);
  });

  test("what was overtaken meanwhile ends when they can be again, a short while later; the rest stays", async () => {
    const peers = new PeerBench(2);
    const ghost = peers.at(0).bench.hold();
    const alone = peers.at(0).bench.hold({ deviceId: "d2" });
    await peers.advance(10);
    peers.hub.cut(peers.at(0).relay);
    const newer = peers.at(1).bench.hold();
    await peers.advance(1_000);
    peers.hub.heal(peers.at(0).relay);
    await peers.advance(900);
    expect(ghost.outcomes).toEqual([]);
    await peers.advance(3_100);
    expect([ghost.outcomes, alone.outcomes, newer.outcomes]).toEqual([superseded, [], []]);
  });

  test("a hold whose claim failed claims when they can be again", async () => {
    const peers = new PeerBench(2);
    peers.hub.cut(peers.at(0).relay);
    const held = peers.at(0).bench.hold();
    await peers.advance(10);
    peers.hub.heal(peers.at(0).relay);
    await peers.advance(4_000);
    peers.at(1).bench.hold();
    await peers.advance(10);
    expect(held.outcomes).toEqual(superseded);
  });

  test("claims that were forgotten are made anew, unless a newer request made them", async () => {
    const peers = new PeerBench(2);
    const [kept, overtaken] = [peers.at(0).bench.hold(), peers.at(0).bench.hold({ deviceId: "d2" })];
    await peers.advance(10);
    peers.hub.empty();
    const newer = peers.at(1).bench.hold({ deviceId: "d2" });
    await peers.advance(4_000);
    expect([kept.outcomes, overtaken.outcomes, newer.outcomes]).toEqual([[], superseded, []]);
    peers.at(1).bench.hold();
    await peers.advance(10);
    expect(kept.outcomes).toEqual(superseded);
  });

  test("nothing is compared any more once the coordinator is closed", async () => {
    const peers = new PeerBench(2);
    const { bench, relay } = peers.at(0);
    bench.hold();
    await peers.advance(10);
    const closed = bench.coordinator.close();
    await peers.advance(2_000);
    await closed;
    peers.hub.cut(relay);
    peers.hub.heal(relay);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });
});

test("a recall reaches the processes that hold requests of the device", async () => {
  const peers = new PeerBench(3);
  const ping = peers.at(1).bench.hold();
  const sync = peers.at(2).bench.hold({ command: "Sync" });
  const other = peers.at(2).bench.hold({ deviceId: "d2" });
  await peers.advance(10);
  peers.at(0).bench.coordinator.recall("alice", "d1");
  await peers.advance(10);
  expect([ping.outcomes, sync.outcomes, other.outcomes]).toEqual([
    [{ kind: "recalled" }],
    [{ kind: "recalled" }],
    [],
  ]);
});
