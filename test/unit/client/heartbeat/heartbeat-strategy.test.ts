import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aospStrategy } from "../../../../src/client/heartbeat/aosp-strategy.js";
import { directPushStrategy } from "../../../../src/client/heartbeat/direct-push-strategy.js";
import type {
  HeartbeatStrategy,
  IntervalOutcome,
} from "../../../../src/client/heartbeat/heartbeat-strategy.js";
import { learningStrategy } from "../../../../src/client/heartbeat/learning-strategy.js";
import { windowsMobileStrategy } from "../../../../src/client/heartbeat/windows-mobile-strategy.js";

const strategies: readonly HeartbeatStrategy<unknown>[] = [
  directPushStrategy(),
  aospStrategy,
  windowsMobileStrategy(),
  learningStrategy(),
] as never;

const seconds = fc.oneof(
  fc.integer({ min: 0, max: 4000 }),
  fc.double({ min: 0, max: 4000, noNaN: true }),
  fc.constantFrom(-1, Number.NaN, Number.POSITIVE_INFINITY),
);
const outcome: fc.Arbitrary<IntervalOutcome> = fc.oneof(
  fc.constant({ kind: "expired" } as const),
  seconds.map((afterSeconds) => ({ kind: "changed", afterSeconds }) as const),
  seconds.map((nearestSeconds) => ({ kind: "refused", nearestSeconds }) as const),
  seconds.map((afterSeconds) => ({ kind: "abandoned", afterSeconds }) as const),
  fc.record({
    kind: fc.constant("failed" as const),
    how: fc.constantFrom("silent" as const, "cut" as const),
    afterSeconds: seconds,
  }),
);
const step = fc.record({
  outcome,
  network: fc.constantFrom(undefined, "a", "b", "__proto__", "constructor"),
  pauseSeconds: fc.integer({ min: 0, max: 200_000 }),
});

describe.each(strategies)("the $name strategy, whatever happens", (strategy) => {
  it("asks for whole seconds from 1 to 3540, and its state survives JSON", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = strategy.initial();
        let nowSeconds = 1_795_392_000;
        for (const { outcome, network, pauseSeconds } of steps) {
          nowSeconds += pauseSeconds;
          const circumstances = network === undefined ? { nowSeconds } : { nowSeconds, network };
          const asked = strategy.interval(state, circumstances);
          expect(Number.isInteger(asked) && asked >= 1 && asked <= 3540).toBe(true);
          const next = strategy.next(state, asked, outcome, circumstances);
          state = JSON.parse(JSON.stringify(next));
          expect(state).toEqual(next);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("does not change the state that it is given", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let state = strategy.initial();
        for (const { outcome, pauseSeconds } of steps) {
          const circumstances = { nowSeconds: 1_795_392_000 + pauseSeconds };
          const before = JSON.stringify(state);
          const asked = strategy.interval(state, circumstances);
          const next = strategy.next(state, asked, outcome, circumstances);
          expect(JSON.stringify(state)).toBe(before);
          state = next;
        }
      }),
    );
  });

  it("asks for what the server names, once refused", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3540 }), (nearestSeconds) => {
        const circumstances = { nowSeconds: 1_795_392_000 };
        const state = strategy.initial();
        const asked = strategy.interval(state, circumstances);
        fc.pre(asked !== nearestSeconds);
        const next = strategy.next(state, asked, { kind: "refused", nearestSeconds }, circumstances);
        expect(strategy.interval(next, circumstances)).toBe(nearestSeconds);
      }),
    );
  });
});
