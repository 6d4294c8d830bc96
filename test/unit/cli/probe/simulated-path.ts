import type { HoldOutcome } from "../../../../src/cli/probe/hold-outcome.js";
import type { DeviceReadiness, ProbeDevice } from "../../../../src/cli/probe/probe-device.js";
import { ProbeRun, type ProbeRunOptions, type ProbeRunResult } from "../../../../src/cli/probe/probe-run.js";
import { FakeClock } from "../../../../src/testing/fake-clock.js";

/** A path to a server, and how it treats the Pings of a probe. */
export interface PathModel {
  /** Seconds after which a request ends; Infinity for never. Asked for each Ping. */
  readonly limitSeconds?: (startedSeconds: number) => number;
  readonly end?: "gateway" | "reset" | "closed" | "silent";
  /** What the server accepts. */
  readonly leastSeconds?: number;
  readonly mostSeconds?: number;
  /** Pings of the user that the server holds at once. */
  readonly room?: number;
  /** Seconds at which something changes in the watched folder. */
  readonly changesAtSeconds?: readonly number[];
  /** The server ends waits by itself after so many seconds. */
  readonly endsItselfAfterSeconds?: number;
  readonly readiness?: (index: number) => DeviceReadiness;
  /** Answers to the first Pings, before anything else counts. */
  readonly firstOutcomes?: { shift(): HoldOutcome | undefined };
}

/** What a simulated probe did. */
export interface SimulatedProbe {
  readonly result: ProbeRunResult;
  readonly mostAtOnce: number;
  readonly closed: number;
  readonly pendingTimers: number;
}

const marginSeconds = 10;

/** Runs a probe on a simulated path, in no time. */
export async function simulateProbe(
  model: PathModel,
  options: Partial<ProbeRunOptions> = {},
): Promise<SimulatedProbe> {
  const clock = new FakeClock();
  const path = new SimulatedPath(model, clock);
  const run = new ProbeRun({
    upToSeconds: 1800,
    wantSeconds: 900,
    atOnce: 8,
    clock,
    marginSeconds,
    device: (index) => path.device(index),
    ...options,
  });
  let result: ProbeRunResult | undefined;
  const done = run.run().then((value) => {
    result = value;
  });
  for (let hours = 0; hours < 24 && result === undefined; hours += 1) await clock.advance(3_600_000);
  if (result === undefined) throw new Error("the probe does not end");
  await done;
  return {
    result,
    mostAtOnce: path.mostAtOnce,
    closed: path.closed.size,
    pendingTimers: clock.pendingTimers,
  };
}

class SimulatedPath {
  readonly #model: PathModel;
  readonly #clock: FakeClock;
  readonly #beganMs: number;
  #held = 0;
  mostAtOnce = 0;
  readonly closed = new Set<number>();

  constructor(model: PathModel, clock: FakeClock) {
    this.#model = model;
    this.#clock = clock;
    this.#beganMs = clock.monotonicNow();
  }

  device(index: number): ProbeDevice {
    const ready: DeviceReadiness = { kind: "ready", folder: "Notes", version: "16.1", server: undefined };
    return {
      ready: async () => this.#model.readiness?.(index) ?? ready,
      hold: (seconds, signal) => this.#hold(seconds, signal),
      close: () => {
        this.closed.add(index);
      },
    };
  }

  async #hold(seconds: number, signal: AbortSignal): Promise<HoldOutcome | undefined> {
    const {
      room = Number.POSITIVE_INFINITY,
      leastSeconds = 1,
      mostSeconds = 3540,
      firstOutcomes = [],
    } = this.#model;
    const first = firstOutcomes.shift();
    if (first !== undefined) return first;
    if (this.#held >= room) return { kind: "busy" };
    if (seconds < leastSeconds) return { kind: "refused", nearestSeconds: leastSeconds };
    if (seconds > mostSeconds) return { kind: "refused", nearestSeconds: mostSeconds };
    this.#held += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#held);
    const { outcome, afterSeconds } = this.#fate(seconds);
    const wasAborted = await this.#wait(afterSeconds, signal);
    this.#held -= 1;
    return wasAborted ? undefined : outcome;
  }

  #fate(seconds: number): { outcome: HoldOutcome; afterSeconds: number } {
    const startedSeconds = (this.#clock.monotonicNow() - this.#beganMs) / 1000;
    const {
      limitSeconds,
      end = "reset",
      changesAtSeconds = [],
      endsItselfAfterSeconds = Number.POSITIVE_INFINITY,
    } = this.#model;
    const limit = limitSeconds?.(startedSeconds) ?? Number.POSITIVE_INFINITY;
    const change =
      Math.min(Number.POSITIVE_INFINITY, ...changesAtSeconds.filter((at) => at > startedSeconds)) -
      startedSeconds;
    const afterSeconds = Math.min(seconds, limit, change, endsItselfAfterSeconds);
    if (afterSeconds === limit && limit < seconds) return endOf(end, limit, seconds);
    if (afterSeconds === seconds) return { outcome: { kind: "carried" }, afterSeconds };
    return { outcome: { kind: afterSeconds === change ? "changed" : "early", afterSeconds }, afterSeconds };
  }

  #wait(seconds: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(() => resolve(false), seconds * 1000);
      signal.addEventListener("abort", () => {
        this.#clock.clearTimer(timer);
        resolve(true);
      });
    });
  }
}

function endOf(
  end: "gateway" | "reset" | "closed" | "silent",
  limit: number,
  seconds: number,
): { outcome: HoldOutcome; afterSeconds: number } {
  if (end === "silent") {
    const afterSeconds = seconds + marginSeconds;
    return { outcome: { kind: "silent", afterSeconds }, afterSeconds };
  }
  if (end === "gateway") {
    const outcome: HoldOutcome = { kind: "gateway", status: 504, proxy: "nginx/1.22.1", afterSeconds: limit };
    return { outcome, afterSeconds: limit };
  }
  return { outcome: { kind: "cut", how: end, afterSeconds: limit }, afterSeconds: limit };
}
