import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type HeartbeatLearned,
  LearningHeartbeatNegotiator,
  type LearningHeartbeatOptions,
} from "../../../src/push/heartbeat-learning.js";
import type { HeldHeartbeat, IntervalEnd } from "../../../src/push/heartbeat-negotiator.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";

// Often the same, so that there is something to learn.
const ends = fc.oneof(
  { weight: 3, arbitrary: fc.constant<IntervalEnd>("disconnected") },
  { weight: 3, arbitrary: fc.constant<IntervalEnd>("superseded") },
  { weight: 2, arbitrary: fc.constantFrom<IntervalEnd>("changed", "expired", "timed-out") },
);
// Fewer are remembered than there are: some are forgotten while a request of theirs is held.
const devices = ["d1", "d2", "d3"].map((deviceId) => ({ user: "alice", deviceId }));
const options: LearningHeartbeatOptions = { maxDevices: 2 };

interface Round {
  readonly device: number;
  readonly network: string;
  readonly askedSeconds: number;
  readonly heldSeconds: number;
  readonly end: IntervalEnd;
  readonly pauseSeconds: number;
  /** The hold ends only after the next request has come, as it does when that supersedes it. */
  readonly isLate: boolean;
}

const rounds: fc.Arbitrary<readonly Round[]> = fc.array(
  fc.record({
    device: fc.constantFrom(0, 0, 0, 0, 1, 2),
    network: fc.constantFrom("home", "home", "home", "carrier"),
    askedSeconds: fc.constantFrom(900, 1_500),
    heldSeconds: fc.constantFrom(10, 300, 600, 600, 600),
    end: ends,
    pauseSeconds: fc.constantFrom(0.4, 0.4, 40, 500, 905),
    isLate: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
);

/** A negotiator that hears of ends by its observations alone, or where it can by what the hold kept. */
class Told {
  readonly clock = new FakeClock();
  readonly learned: HeartbeatLearned[] = [];
  readonly negotiator = new LearningHeartbeatNegotiator({
    ...options,
    clock: this.clock,
    onLearned: (learned) => this.learned.push(learned),
  });
  readonly #isKept: boolean;
  #sequence = 0;
  #finishLast: () => void = () => {};

  constructor(isKept: boolean) {
    this.#isKept = isKept;
  }

  async go({ device: index, network, askedSeconds, heldSeconds, end, pauseSeconds, isLate }: Round) {
    const device = devices[index] ?? { user: "nobody", deviceId: "d0" };
    this.#sequence += 1;
    const [sequence, command] = [this.#sequence, "Ping"];
    const answerAfterSeconds = askedSeconds;
    this.negotiator.observe({ kind: "seen", device, sequence, command, network });
    this.negotiator.observe({
      kind: "requested",
      ...{ device, sequence, command, askedSeconds, answerAfterSeconds, network },
    });
    const kept: HeldHeartbeat | undefined = this.#isKept ? this.negotiator.held(device) : undefined;
    this.#finishLast();
    await this.clock.advance(heldSeconds * 1_000);
    const finish = (): void => {
      this.#finishLast = () => {};
      const ended = { sequence, command, outcome: end, heldSeconds };
      if (kept !== undefined && end !== "superseded") kept.ended(ended, this.clock.monotonicNow());
      else this.negotiator.observe({ kind: "ended", device, ...ended });
    };
    if (isLate || end === "superseded") this.#finishLast = finish;
    else finish();
    await this.clock.advance(pauseSeconds * 1_000);
  }

  /** What it would do now, and what it has told. */
  get standing(): unknown {
    const ofDevices = devices.map((device) => ({
      knowledge: this.negotiator.knowledge(device),
      decisions: ["home", "carrier"].map((network) => this.negotiator.negotiate(device, 1_500, network)),
    }));
    return { ofDevices, learned: this.learned };
  }
}

test("an end that is told to what the hold kept teaches the same as the observation", async () => {
  let learned = 0;
  await fc.assert(
    fc.asyncProperty(rounds, async (all) => {
      const [observed, kept] = [new Told(false), new Told(true)];
      for (const round of all) {
        await observed.go(round);
        await kept.go(round);
        expect(kept.standing).toEqual(observed.standing);
      }
      learned += observed.learned.length;
    }),
    { numRuns: 300 },
  );
  expect(learned).toBeGreaterThan(0);
});

test("a device of which nothing is remembered has nothing to keep", () => {
  expect(new LearningHeartbeatNegotiator().held({ user: "alice", deviceId: "d1" })).toBeUndefined();
});
