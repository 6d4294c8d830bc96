import { describe, expect, it } from "vitest";
import {
  newPath,
  type PathKnowledge,
  type Surroundings,
} from "../../../../src/client/heartbeat/path-knowledge.js";
import { longestTrialGap } from "../../../../src/client/heartbeat/trial-gap.js";

const day = 86_400;
const around: Surroundings = {
  leastSeconds: 15,
  mostSeconds: 3540,
  firstSeconds: 480,
  nowSeconds: 0,
  meanLossSeconds: 2 * day,
};
const path = (carriedSeconds: number, more: Partial<PathKnowledge> = {}): PathKnowledge => ({
  ...newPath(0),
  carriedSeconds,
  ...more,
});
const silent = (seconds: number) => ({ seconds, exact: false });

describe("how long a limit is left alone", () => {
  it("is a day where there is much to gain, and longer where there is little", () => {
    const gaps = [60, 780, 1200, 1740].map((seconds) =>
      longestTrialGap(path(seconds), silent(seconds * 1.02), around),
    );
    expect(gaps[0]).toBe(day);
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
    expect(gaps.at(-1)).toBeGreaterThan(1.5 * day);
  });

  it("is four days at the most, and where there is nothing to gain", () => {
    expect(longestTrialGap(path(3540), silent(3540), around)).toBe(4 * day);
    expect(longestTrialGap(path(0), silent(15), around)).toBe(day);
  });

  it("is shorter where a trial costs no push, and where the limit has moved before", () => {
    const gap = longestTrialGap(path(1740), silent(1900), around);
    expect(longestTrialGap(path(1740), { seconds: 1900, exact: true }, around)).toBeLessThan(gap);
    const falls = { count: 1, isConfirmed: true, aboveSeconds: day, toSeconds: 0 };
    expect(longestTrialGap(path(1740, { falls }), silent(1900), around)).toBeLessThan(gap);
  });

  it("grows while nothing moves", () => {
    const held = path(1200, { heldSeconds: 4 * day });
    expect(longestTrialGap(held, silent(1224), around)).toBeGreaterThan(
      longestTrialGap(path(1200), silent(1224), around),
    );
  });
});
