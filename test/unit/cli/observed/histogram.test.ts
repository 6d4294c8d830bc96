import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addHistograms, Histogram, quantile, totalOf } from "../../../../src/cli/observed/histogram.js";

function histogramOf(values: readonly number[], bounds: readonly number[] = [1, 2, 5]): Histogram {
  const histogram = new Histogram(bounds);
  for (const value of values) histogram.observe(value);
  return histogram;
}

describe("a histogram", () => {
  test("puts a value that equals a bound within it, and what is above all bounds behind", () => {
    expect(histogramOf([0, 1, 1.5, 2, 5, 6]).counts()).toEqual({
      bounds: [1, 2, 5],
      counts: [2, 2, 1, 1],
      sum: 15.5,
    });
  });

  test("gives a copy that later values leave alone", () => {
    const histogram = histogramOf([1]);
    const before = histogram.counts();
    histogram.observe(1);
    expect(totalOf(before)).toBe(1);
  });

  test("has no quantile without values, and the last bound for what is above it", () => {
    expect(quantile(histogramOf([]).counts(), 0.5)).toBeUndefined();
    expect(quantile(histogramOf([9, 9]).counts(), 0.5)).toBe(5);
  });

  test("a quantile lies in the bucket of the value that it stands for", () => {
    const bounds = [1, 2, 5, 10, 20];
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, share) => {
          const sorted = [...values].sort((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
          const upper = bounds.find((bound) => exact <= bound) as number;
          const lower = bounds[bounds.indexOf(upper) - 1] ?? 0;
          const told = quantile(histogramOf(values, bounds).counts(), share) as number;
          expect(told).toBeGreaterThanOrEqual(lower);
          expect(told).toBeLessThanOrEqual(upper);
        },
      ),
    );
  });

  test("the sum of several is that of all their values", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 9 })), { minLength: 1 }), (parts) => {
        const [first, ...others] = parts.map((values) => histogramOf(values).counts());
        const sum = addHistograms(first as NonNullable<typeof first>, others);
        expect(sum).toEqual(histogramOf(parts.flat()).counts());
      }),
    );
  });

  test("one with other bounds is left out of a sum", () => {
    const sum = addHistograms(histogramOf([1]).counts(), [histogramOf([1], [1, 2]).counts()]);
    expect(totalOf(sum)).toBe(1);
  });
});
