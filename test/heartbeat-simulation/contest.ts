import { aospStrategy } from "../../src/client/heartbeat/aosp-strategy.js";
import { directPushStrategy } from "../../src/client/heartbeat/direct-push-strategy.js";
import type { HeartbeatStrategy } from "../../src/client/heartbeat/heartbeat-strategy.js";
import { learningStrategy } from "../../src/client/heartbeat/learning-strategy.js";
import { windowsMobileStrategy } from "../../src/client/heartbeat/windows-mobile-strategy.js";
import { type DeviceRun, type DeviceWeek, mailTimes, runDevice } from "./device-week.js";
import { type Measures, measure } from "./measures.js";
import { type MappedNetwork, steady } from "./networks.js";

/** A strategy whose state is its own affair. */
export interface Contestant {
  readonly name: string;
  run(week: DeviceWeek): DeviceRun;
}

const contestant = <State>(strategy: HeartbeatStrategy<State>): Contestant => ({
  name: strategy.name,
  run: (week) => runDevice(strategy, week),
});

export const learning: Contestant = contestant(learningStrategy());
export const rivals: readonly Contestant[] = [
  contestant(directPushStrategy()),
  contestant(aospStrategy),
  contestant(windowsMobileStrategy()),
];
export const contestants: readonly Contestant[] = [...rivals, learning];

const weekSeconds = 7 * 24 * 3600;
const mailsPerDay = 40;

/** A week on this network: the mails and the chances are the same for every contestant. */
export function weekOn(network: MappedNetwork, seed: number): DeviceWeek {
  const mails = mailTimes(seed + 1000, weekSeconds, mailsPerDay);
  return { network, seed, seconds: weekSeconds, mails };
}

/** What a contestant came to in one week for each seed. */
export function measureAll(
  contestant: Contestant,
  network: MappedNetwork,
  seeds: readonly number[],
): readonly Measures[] {
  return seeds.map((seed) => {
    const week = weekOn(network, seed);
    return measure(week, contestant.run(week));
  });
}

/**
 * Fixed limits in equal ratios from 30 s to 59 min, none of which any strategy was made for: half of them silent, half cut.
 *
 * @param count How many limits; each once silent and once cut.
 */
export function manyLimits(count: number): readonly MappedNetwork[] {
  return Array.from({ length: count }, (_, index) =>
    Math.round(30 * (3540 / 30) ** ((index + 0.5) / count)),
  ).flatMap((seconds) =>
    (["silent", "cut"] as const).map((end) =>
      steady(`${seconds} s, ${end}`, { limitSeconds: [seconds, seconds], end }),
    ),
  );
}

export const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

/** The middle one; of an even number the greater of both. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
