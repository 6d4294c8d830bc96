import type { HeartbeatStrategy, IntervalOutcome } from "../../src/client/heartbeat/heartbeat-strategy.js";
import { Random } from "../simulation/random.js";
import type { MappedNetwork } from "./networks.js";

/** One interval as it went. */
export interface HeldInterval {
  /** Seconds after the simulation's begin. */
  readonly atSeconds: number;
  readonly askedSeconds: number;
  readonly outcome: IntervalOutcome["kind"];
  /** How long the path had been dead when the device noticed. */
  readonly deadSeconds: number;
}

/** What happened to one device. */
export interface DeviceRun {
  readonly intervals: readonly HeldInterval[];
  /** Seconds that each mail waited for its device. */
  readonly mailDelays: readonly number[];
}

export interface DeviceWeek {
  readonly network: MappedNetwork;
  readonly seed: number;
  readonly seconds: number;
  /** When mails arrive, in seconds after the begin, rising. */
  readonly mails: readonly number[];
}

/** 2026-11-23T00:00:00Z, a Monday. */
const epochSeconds = 1_795_392_000;
/** A device gives an answer so long after its interval before it holds the connection for dead. */
const marginSeconds = 10;
/** From the end of a request to the next, with the Sync between them where a mail came. */
const turnaroundSeconds = 1;
/** The server's bounds. Its minimum is low, so that a network of 30 s can be served at all. */
const server = { leastSeconds: 10, mostSeconds: 3540 };

interface HoldEnd {
  readonly outcome: IntervalOutcome;
  readonly lastsSeconds: number;
  readonly deadSeconds: number;
}

/** How an interval ends that was asked for at `atSeconds`, with `mailIn` seconds until the next mail. */
function hold(week: DeviceWeek, random: Random, atSeconds: number, asked: number, mailIn: number): HoldEnd {
  const nearestSeconds = Math.min(server.mostSeconds, Math.max(server.leastSeconds, asked));
  if (nearestSeconds !== asked)
    return { outcome: { kind: "refused", nearestSeconds }, lastsSeconds: 0, deadSeconds: 0 };
  const fate = week.network.connect(atSeconds, random);
  const lost = fate.lostAfterSeconds < fate.idleLimitSeconds;
  const diesAfter = Math.min(fate.lostAfterSeconds, fate.idleLimitSeconds);
  if (mailIn <= Math.min(diesAfter, asked))
    return { outcome: { kind: "changed", afterSeconds: mailIn }, lastsSeconds: mailIn, deadSeconds: 0 };
  if (asked <= diesAfter) return { outcome: { kind: "expired" }, lastsSeconds: asked, deadSeconds: 0 };
  const seen = lost ? week.network.networkAt(atSeconds + diesAfter) !== fate.network : fate.end !== "silent";
  if (seen) {
    const outcome = { kind: "failed", how: "cut", afterSeconds: diesAfter } as const;
    return { outcome, lastsSeconds: diesAfter, deadSeconds: 0 };
  }
  const lastsSeconds = asked + marginSeconds;
  const outcome = { kind: "failed", how: "silent", afterSeconds: lastsSeconds } as const;
  return { outcome, lastsSeconds, deadSeconds: lastsSeconds - diesAfter };
}

/** A device with one strategy on one network. Equal weeks give equal runs. */
export function runDevice<State>(strategy: HeartbeatStrategy<State>, week: DeviceWeek): DeviceRun {
  const random = new Random(week.seed);
  const circumstances = (atSeconds: number) => ({
    nowSeconds: epochSeconds + Math.floor(atSeconds),
    network: week.network.networkAt(atSeconds),
  });
  const intervals: HeldInterval[] = [];
  const mailDelays: number[] = [];
  let state = strategy.initial();
  let at = 0;
  let nextMail = 0;
  while (at < week.seconds) {
    const askedSeconds = strategy.interval(state, circumstances(at));
    const mailIn = Math.max(0, (week.mails[nextMail] ?? Number.POSITIVE_INFINITY) - at);
    const { outcome, lastsSeconds, deadSeconds } = hold(week, random, at, askedSeconds, mailIn);
    intervals.push({ atSeconds: at, askedSeconds, outcome: outcome.kind, deadSeconds });
    at += lastsSeconds;
    // What waits is fetched by the device's next request, which is answered at once.
    for (let mail = week.mails[nextMail]; mail !== undefined && mail <= at; mail = week.mails[++nextMail])
      mailDelays.push(at - mail);
    state = strategy.next(state, askedSeconds, outcome, circumstances(at));
    at += turnaroundSeconds;
  }
  return { intervals, mailDelays };
}

/** Mails at the times of a Poisson process: eight times as many from 8 to 18 on workdays as else. Day 0 is a Monday. */
export function mailTimes(seed: number, seconds: number, mailsPerDay: number): readonly number[] {
  const random = new Random(seed);
  const day = 24 * 3600;
  // Of a week's mails, 8 parts come in each of 50 hours and one in each of the other 118.
  const peakPerSecond = ((mailsPerDay * 7) / (50 * 8 + 118) / 3600) * 8;
  const times: number[] = [];
  for (
    let at = random.exponential(1 / peakPerSecond);
    at < seconds;
    at += random.exponential(1 / peakPerSecond)
  ) {
    const hour = (at % day) / 3600;
    const busy = Math.floor(at / day) % 7 < 5 && hour >= 8 && hour < 18;
    if (busy || random.chance(1 / 8)) times.push(at);
  }
  return times;
}
