import { describe, expect, test } from "vitest";
import { NOTHING_LEFT, PingBench } from "./held-pings.js";

const superseded = [{ kind: "superseded" }];

describe("a newer request of the same device", () => {
  test("ends the older one, in the same instant, and is held itself", async () => {
    const bench = new PingBench();
    const older = bench.hold();
    const newer = bench.hold();
    await bench.clock.settle();
    expect(older.outcomes).toEqual(superseded);
    expect(newer.outcomes).toEqual([]);
    expect(bench.leftOver).toMatchObject({ holds: 1, watches: 1 });
  });

  test("wins by its number when it is held first, and the older one ends when it comes", async () => {
    const bench = new PingBench();
    const olderNumber = bench.coordinator.sequence();
    const newer = bench.hold();
    const older = bench.hold({ sequence: olderNumber });
    await bench.clock.settle();
    expect(older.outcomes).toEqual(superseded);
    expect(newer.outcomes).toEqual([]);
    expect(bench.leftOver).toMatchObject({ holds: 1, watches: 1 });
  });

  test("still wins when it has ended before the older one comes", async () => {
    const bench = new PingBench();
    const olderNumber = bench.coordinator.sequence();
    const newer = bench.hold({ folders: { inbox: "older" } });
    await bench.clock.advance(1_000);
    expect(newer.outcomes).toMatchObject([{ kind: "changed" }]);
    const older = bench.hold({ sequence: olderNumber });
    await bench.clock.settle();
    expect(older.outcomes).toEqual(superseded);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("is left alone by the older one's disconnect, expiry and late notifications", async () => {
    const bench = new PingBench();
    const older = bench.hold();
    await bench.clock.advance(1_000);
    const newer = bench.hold();
    older.gone();
    await bench.clock.settle();
    bench.source.notifyStopped("inbox");
    await bench.clock.advance(59_500);
    expect(older.outcomes).toEqual(superseded);
    expect(newer.outcomes).toEqual([]);
    expect(bench.coordinator.heldCount).toBe(1);
    await bench.clock.advance(500);
    expect(newer.outcomes).toEqual([{ kind: "expired" }]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("supersedes ghosts that no disconnect ever ended: three in flight leave one", async () => {
    const bench = new PingBench();
    const pings = [bench.hold(), bench.hold(), bench.hold()];
    await bench.clock.advance(1_000);
    bench.source.change("alice", "inbox");
    await bench.clock.advance(100);
    expect(pings.map(({ outcomes }) => outcomes[0]?.kind)).toEqual(["superseded", "superseded", "changed"]);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });
});

describe("requests that do not supersede one another", () => {
  test("other devices, other users, and the Ping and the hanging Sync of one device", async () => {
    const bench = new PingBench();
    const holds = [
      bench.hold(),
      bench.hold({ deviceId: "d2" }),
      bench.hold({ user: "bob" }),
      bench.hold({ command: "Sync" }),
    ];
    await bench.clock.advance(1_000);
    expect(bench.coordinator.heldCount).toBe(4);
    for (const hold of holds) expect(hold.outcomes).toEqual([]);
  });
});

describe("supersede, for a Sync that arrives", () => {
  test("ends the device's older Ping and hanging Sync, and nobody else's", async () => {
    const bench = new PingBench();
    const ping = bench.hold();
    const hanging = bench.hold({ command: "Sync" });
    const other = bench.hold({ deviceId: "d2" });
    bench.coordinator.supersede("alice", "d1", bench.coordinator.sequence());
    await bench.clock.settle();
    expect([ping.outcomes, hanging.outcomes, other.outcomes]).toEqual([superseded, superseded, []]);
  });

  test("leaves the request itself and newer ones alone", async () => {
    const bench = new PingBench();
    const number = bench.coordinator.sequence();
    const newerPing = bench.hold();
    bench.coordinator.supersede("alice", "d1", number);
    const itself = bench.hold({ command: "Sync", sequence: number });
    await bench.clock.settle();
    expect([newerPing.outcomes, itself.outcomes]).toEqual([[], []]);
  });

  test("ends an older Ping that was still loading when the Sync came", async () => {
    const bench = new PingBench();
    const loading = bench.coordinator.sequence();
    bench.coordinator.supersede("alice", "d1", bench.coordinator.sequence());
    const ping = bench.hold({ sequence: loading });
    await bench.clock.settle();
    expect(ping.outcomes).toEqual(superseded);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });

  test("can end the holds of one command alone", async () => {
    const bench = new PingBench();
    const [ping, sync] = [bench.hold(), bench.hold({ command: "Sync" })];
    bench.coordinator.supersede("alice", "d1", bench.coordinator.sequence(), "Sync");
    await bench.clock.settle();
    expect([ping.outcomes, sync.outcomes]).toEqual([[], superseded]);
  });

  test("keeps a stale Ping from reporting what the Sync has just delivered", async () => {
    const bench = new PingBench();
    const ping = bench.hold();
    await bench.clock.advance(1_000);
    bench.source.change("alice", "inbox");
    bench.coordinator.supersede("alice", "d1", bench.coordinator.sequence());
    await bench.clock.advance(1_000);
    expect(ping.outcomes).toEqual(superseded);
    expect(bench.leftOver).toEqual(NOTHING_LEFT);
  });
});

test("sequence numbers rise", () => {
  const { coordinator } = new PingBench();
  const numbers = Array.from({ length: 100 }, () => coordinator.sequence());
  expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
});
