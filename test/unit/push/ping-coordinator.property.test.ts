import fc from "fast-check";
import { expect, test } from "vitest";
import type { MockBehaviour } from "../../../src/testing/mock-change-source.js";
import { NOTHING_LEFT, PingBench, type TestedHold } from "./held-pings.js";

const CALL_TIMEOUT_MS = 5_000;
const HEARTBEATS_S = [1, 7, 30, 60] as const;

type Action = (bench: PingBench, holds: TestedHold[]) => Promise<void> | void;

const device = fc.constantFrom("d1", "d2");
const command = fc.constantFrom("Ping" as const, "Sync" as const);
const folder = fc.constantFrom("inbox", "sent", "trash");
const behaviour: fc.Arbitrary<MockBehaviour> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<MockBehaviour>({ kind: "answer" }) },
  fc
    .integer({ min: 0, max: 2 * CALL_TIMEOUT_MS })
    .map((delayMs): MockBehaviour => ({ kind: "delay", delayMs })),
  fc.constant<MockBehaviour>({ kind: "never" }),
  fc.constant<MockBehaviour>({ kind: "reject", error: new Error("rejected") }),
  fc.constant<MockBehaviour>({ kind: "throw", error: new Error("thrown") }),
);

/** What `confirm` does, after so many milliseconds (-1: never answers). */
const confirmation = fc.record({
  answer: fc.constantFrom<"yes" | "no" | "reject" | "throw">("yes", "no", "yes", "no", "reject", "throw"),
  afterMs: fc.constantFrom(0, 0, 0, 40, 3_000, -1),
});

const holding: fc.Arbitrary<Action> = fc
  .record({
    deviceId: device,
    command,
    folders: fc.uniqueArray(folder, { maxLength: 3 }),
    stale: fc.constantFrom("present", "older", "unknown"),
    heartbeatSeconds: fc.constantFrom(...HEARTBEATS_S),
    lateBy: fc.nat(3),
    confirmation,
    settleThrows: fc.boolean(),
  })
  .map((wish) => (bench, holds) => {
    const marker = (id: string): string | undefined =>
      wish.stale === "present"
        ? bench.source.markerNow("alice", id)
        : wish.stale === "older"
          ? "older"
          : undefined;
    const { answer, afterMs } = wish.confirmation;
    holds.push(
      bench.hold({
        deviceId: wish.deviceId,
        command: wish.command,
        folders: Object.fromEntries(wish.folders.map((id) => [id, marker(id)])),
        heartbeatSeconds: wish.heartbeatSeconds,
        sequence: Math.max(1, bench.coordinator.sequence() - wish.lateBy),
        confirm: () => {
          if (answer === "throw") throw new Error("confirm threw");
          return new Promise((resolve, reject) => {
            if (afterMs < 0) return;
            const settle =
              answer === "reject" ? () => reject(new Error("rejected")) : () => resolve(answer === "yes");
            bench.clock.setTimer(settle, afterMs);
          });
        },
        settled: () => {
          if (wish.settleThrows) throw new Error("settle threw");
        },
      }),
    );
  });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: holding },
  {
    weight: 4,
    arbitrary: fc.nat(40_000).map(
      (ms): Action =>
        (bench) =>
          bench.clock.advance(ms),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.nat(100).map(
      (ms): Action =>
        (bench) =>
          bench.clock.advance(ms),
    ),
  },
  {
    weight: 4,
    arbitrary: folder.map(
      (id): Action =>
        (bench) =>
          bench.source.change("alice", id),
    ),
  },
  folder.map(
    (id): Action =>
      (bench) =>
        bench.source.notify("alice", id),
  ),
  folder.map(
    (id): Action =>
      (bench) =>
        bench.source.notifyUnwatched("alice", id),
  ),
  folder.map(
    (id): Action =>
      (bench) =>
        bench.source.notifyStopped(id),
  ),
  {
    weight: 2,
    arbitrary: fc.nat(9).map(
      (index): Action =>
        (_bench, holds) =>
          holds[index % (holds.length || 1)]?.gone(),
    ),
  },
  device.map(
    (id): Action =>
      (bench) =>
        bench.coordinator.supersede("alice", id, bench.coordinator.sequence()),
  ),
  device.map(
    (id): Action =>
      (bench) =>
        bench.coordinator.recall("alice", id),
  ),
  behaviour.map(
    (wanted): Action =>
      (bench) => {
        bench.source.watchBehaviour = wanted;
      },
  ),
  behaviour.map(
    (wanted): Action =>
      (bench) => {
        bench.source.markerBehaviour = wanted;
      },
  ),
  fc.uniqueArray(folder, { maxLength: 2 }).map(
    (ids): Action =>
      (bench) => {
        bench.source.notifiedInsideWatch = ids;
      },
  ),
  { weight: 1, arbitrary: fc.constant<Action>((bench) => void bench.coordinator.close()) },
);

/** Long enough for every interval, call and shutdown that was begun. */
async function becomeQuiet(bench: PingBench): Promise<void> {
  await bench.clock.advance(60_000 + 2 * CALL_TIMEOUT_MS + 10_000);
}

function check(bench: PingBench, holds: readonly TestedHold[]): void {
  expect(bench.leftOver).toEqual(NOTHING_LEFT);
  expect(bench.source.watchesStopped).toBe(bench.source.watchesOpened);
  for (const { outcomes, request } of holds) {
    expect(outcomes).toHaveLength(1);
    const [outcome] = outcomes;
    if (outcome?.kind !== "changed") continue;
    expect(outcome.folders.length).toBeGreaterThan(0);
    expect(request.folders.map(({ folder: id }) => id)).toEqual(expect.arrayContaining([...outcome.folders]));
  }
  const ended = bench.told.filter((event) => event.kind === "ended");
  expect(ended).toHaveLength(holds.length);
  expect(bench.told.filter(({ kind }) => kind === "held")).toHaveLength(holds.length);
  for (const { hold, outcome, wakeReason } of ended) {
    expect(wakeReason !== undefined).toBe(outcome.kind === "changed");
    if (outcome.kind === "expired")
      expect(hold.heldSeconds).toBeGreaterThanOrEqual(hold.heartbeatSeconds - 0.25);
    expect(hold.heldSeconds).toBeLessThanOrEqual(hold.heartbeatSeconds + 1);
  }
}

test("whatever happens in whatever order, each hold has one outcome, in time, and nothing is left", async () => {
  const options = fc.record({
    gatherMs: fc.constantFrom(0, 50, 2_000),
    closeSpreadMs: fc.constantFrom(0, 3_000),
  });
  await fc.assert(
    fc.asyncProperty(
      options,
      fc.array(action, { minLength: 1, maxLength: 40, size: "max" }),
      async (chosen, actions) => {
        const bench = new PingBench({ ...chosen, callTimeoutMs: CALL_TIMEOUT_MS });
        const holds: TestedHold[] = [];
        for (const act of actions) await act(bench, holds);
        await becomeQuiet(bench);
        check(bench, holds);
      },
    ),
    { numRuns: 400 },
  );
});
