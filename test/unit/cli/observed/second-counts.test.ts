import fc from "fast-check";
import { expect, test } from "vitest";
import { addSeries, meanPerSecond, SecondCounts } from "../../../../src/cli/observed/second-counts.js";

const startMs = 1_000_000_000;

/** Counts at these milliseconds after the start, and asks at the last. */
function seriesOf(timesMs: readonly number[], askedMs: number) {
  const counts = new SecondCounts(startMs);
  for (const timeMs of timesMs) counts.count(startMs + timeMs);
  return counts.series(startMs + askedMs);
}

test("tells of the whole seconds before this one", () => {
  const { counts, endSecond } = seriesOf([0, 999, 1_000, 2_500, 3_000], 3_900);
  expect(endSecond).toBe(startMs / 1_000 + 3);
  expect(counts).toHaveLength(60);
  expect(counts.slice(-4)).toEqual([0, 2, 1, 1]);
});

test("forgets what is more than a minute ago, however long nothing was asked", () => {
  expect(seriesOf([0, 500], 60_000).counts).toEqual([2, ...Array.from({ length: 59 }, () => 0)]);
  expect(meanPerSecond(seriesOf([0, 500], 61_000))).toBe(0);
  expect(meanPerSecond(seriesOf([0, 500], 86_400_000))).toBe(0);
});

test("counts on in its second when the clock is set back", () => {
  expect(seriesOf([5_000, 0, 0], 6_000).counts.at(-1)).toBe(3);
});

test("counts what a list of times has in each second", () => {
  const times = fc.array(fc.integer({ min: 0, max: 200_000 })).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(times, (list) => {
      const askedMs = Math.max(0, ...list) + 1_000;
      const last = Math.floor(askedMs / 1_000);
      const expected = Array.from(
        { length: 60 },
        (_, index) => list.filter((time) => Math.floor(time / 1_000) === last - 60 + index).length,
      );
      expect(seriesOf(list, askedMs).counts).toEqual(expected);
    }),
  );
});

test("a sum goes by the seconds, not by the places in the lists", () => {
  const early = seriesOf([0, 1_000, 1_000], 2_000);
  const late = seriesOf([1_000, 4_000], 5_000);
  const { counts, endSecond } = addSeries([early, late]);
  expect(endSecond).toBe(late.endSecond);
  expect(counts.slice(-5)).toEqual([1, 3, 0, 0, 1]);
  expect(addSeries([]).counts).toHaveLength(60);
});

test("a node whose clock is minutes behind adds nothing", () => {
  expect(meanPerSecond(addSeries([seriesOf([0], 1_000), seriesOf([], 300_000)]))).toBe(0);
});
