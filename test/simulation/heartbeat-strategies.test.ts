import { describe, expect, it } from "vitest";
import {
  type Contestant,
  learning,
  manyLimits,
  mean,
  measureAll,
  rivals,
} from "../heartbeat-simulation/contest.js";
import type { Measures } from "../heartbeat-simulation/measures.js";
import { type MappedNetwork, networks } from "../heartbeat-simulation/networks.js";

const limits = manyLimits(10);
/** More of them, as what one strategy is better by is chance on each: those that take push away when they are met. */
const longSilent = manyLimits(24).filter(
  (network) => network.idealSeconds(0) >= 480 && network.name.endsWith("silent"),
);
const seeds = [1];
const memory = new Map<Contestant, Map<MappedNetwork, readonly Measures[]>>();

/** What a contestant came to, simulated once. */
function measuresOf(contestant: Contestant, network: MappedNetwork): readonly Measures[] {
  const known = memory.get(contestant) ?? new Map<MappedNetwork, readonly Measures[]>();
  memory.set(contestant, known);
  const measures = known.get(network) ?? measureAll(contestant, network, seeds);
  known.set(network, measures);
  return measures;
}

type Pick = (measures: Measures) => number;
const of = (contestant: Contestant, network: MappedNetwork, pick: Pick): number =>
  mean(measuresOf(contestant, network).map(pick));
const over = (contestant: Contestant, set: readonly MappedNetwork[], pick: Pick): number =>
  mean(set.map((network) => of(contestant, network, pick)));

/** Requests and minutes without push, a minute of the one for one of the other. */
const price: Pick = (one) => one.requestsPerDay + one.deadMinutesPerDay;
const deadUntilFound: Pick = (one) => one.deadMinutesUntilFound;
const failedUntilFound: Pick = (one) => one.failuresUntilFound;

describe("the learning strategy, on limits from 30 s to 59 min", () => {
  it("finds each of them for good, with three failures at the most", () => {
    for (const network of limits) {
      expect(
        of(learning, network, (one) => one.foundAfterSeconds),
        network.name,
      ).toBeLessThan(12 * 3600);
      expect(of(learning, network, failedUntilFound), network.name).toBeLessThanOrEqual(3);
    }
  });

  it("stays within a twelfth of each of them", () => {
    for (const network of limits) {
      const share = of(learning, network, (one) => one.intervalAfterwardsSeconds) / network.idealSeconds(0);
      expect(share, network.name).toBeGreaterThan(11 / 12);
      expect(share, network.name).toBeLessThan(1.02);
    }
  });

  it.each(rivals)(
    "fails a tenth as often as $name until it has found the limit, and is as short without push",
    (rival) => {
      expect(over(learning, limits, failedUntilFound)).toBeLessThan(
        over(rival, limits, failedUntilFound) / 10,
      );
      expect(over(learning, limits, deadUntilFound)).toBeLessThan(over(rival, limits, deadUntilFound) / 10);
    },
  );

  it.each(rivals)("is ahead of $name where that can find the limit, too: from 8 min on", (rival) => {
    const long = limits.filter((network) => network.idealSeconds(0) >= 480);
    expect(over(learning, long, failedUntilFound)).toBeLessThan(over(rival, long, failedUntilFound));
    expect(over(learning, long, deadUntilFound)).toBeLessThan(over(rival, long, deadUntilFound));
  });

  it.each(rivals)("has longer intervals than $name afterwards", (rival) => {
    const share = (contestant: Contestant): number =>
      mean(
        limits.map((network) => {
          const seconds = of(contestant, network, (one) => one.intervalAfterwardsSeconds);
          return Number.isNaN(seconds) ? 0 : seconds / network.idealSeconds(0);
        }),
      );
    expect(share(learning)).toBeGreaterThan(share(rival) + 0.1);
  });

  it.each(rivals)("is no worse than $name on three of four, and never by more than two failures", (rival) => {
    const noWorse = limits.filter(
      (network) =>
        of(learning, network, failedUntilFound) <= of(rival, network, failedUntilFound) &&
        of(learning, network, deadUntilFound) <= of(rival, network, deadUntilFound),
    );
    expect(noWorse.length / limits.length).toBeGreaterThanOrEqual(0.75);
    for (const network of limits)
      expect(of(learning, network, failedUntilFound), network.name).toBeLessThanOrEqual(
        of(rival, network, failedUntilFound) + 2,
      );
  });
});

describe("the learning strategy, week for week", () => {
  const dead: Pick = (one) => one.deadMinutesPerDay;
  const requests: Pick = (one) => one.requestsPerDay;

  it.each(rivals)(
    "is never behind $name in both, requests and minutes without push, where none is lost by chance",
    (rival) => {
      for (const network of networks.filter(({ name }) => !name.includes("lost every"))) {
        const isBehind =
          of(learning, network, dead) > of(rival, network, dead) + 0.1 &&
          of(learning, network, requests) > of(rival, network, requests) * 1.01;
        expect(isBehind, network.name).toBe(false);
      }
    },
  );

  it.each(rivals)("has less without push than $name, on limits from 8 to 59 min", (rival) => {
    expect(over(learning, longSilent, dead)).toBeLessThan(over(rival, longSilent, dead));
    if (rival.name === "Direct Push")
      expect(over(learning, longSilent, requests)).toBeLessThan(over(rival, longSilent, requests));
  });
});

describe("the learning strategy, on the named networks", () => {
  it.each(rivals)("has a tenth of the failures of $name, and a third of its time without push", (rival) => {
    expect(over(learning, networks, (one) => one.failuresPerWeek)).toBeLessThan(
      over(rival, networks, (one) => one.failuresPerWeek) / 10,
    );
    const dead: Pick = (one) => one.deadMinutesPerDay;
    expect(over(learning, networks, dead)).toBeLessThan(over(rival, networks, dead) / 3);
  });

  it.each(rivals)(
    "costs at most a tenth more than $name wherever that has push for half of the day",
    (rival) => {
      for (const network of networks) {
        if (of(rival, network, (one) => one.deadMinutesPerDay) > 720) continue;
        expect(of(learning, network, price), network.name).toBeLessThan(of(rival, network, price) * 1.1);
      }
    },
  );

  it.each(rivals)("costs less than $name where the limit moves or the network changes", (rival) => {
    for (const name of ["Wi-Fi by night, 13 min by day", "29, then 9, then 20 min"]) {
      const network = networks.find((one) => one.name === name);
      if (network === undefined) throw new Error(`no network "${name}"`);
      expect(of(learning, network, price), name).toBeLessThan(of(rival, network, price));
    }
  });

  it.each(["10 to 15 min, jittered", "25 to 30 min, jittered", "13 min and none, told apart by none"])(
    "is less without push than any other, and costs less, where the limit varies: %s",
    (name) => {
      const network = networks.find((one) => one.name === name);
      if (network === undefined) throw new Error(`no network "${name}"`);
      // A week has a few failures alone: what one strategy is better by shows over many.
      const manySeeds = Array.from({ length: 12 }, (_, index) => index + 1);
      const weeks = new Map([learning, ...rivals].map((one) => [one, measureAll(one, network, manySeeds)]));
      const average = (contestant: Contestant, pick: Pick) => mean((weeks.get(contestant) ?? []).map(pick));
      for (const rival of rivals) {
        const dead: Pick = (one) => one.deadMinutesPerDay;
        expect(average(learning, dead), rival.name).toBeLessThan(average(rival, dead));
        expect(average(learning, price), rival.name).toBeLessThan(average(rival, price));
      }
    },
  );

  it("gives equal weeks for equal seeds", () => {
    const [network] = networks;
    if (network === undefined) throw new Error("no network");
    expect(measureAll(learning, network, [7])).toEqual(measureAll(learning, network, [7]));
  });
});
