import type { Clock } from "../../clock.js";
import type { Evidence } from "./evidence.js";
import type { HeldPing, HoldOutcome } from "./hold-outcome.js";
import type { DeviceReadiness, ProbeDevice, ProbeProblem } from "./probe-device.js";
import { ProbePlan } from "./probe-plan.js";
import { rungsUpTo } from "./rungs.js";

/** What a probe is to find out, and with what. */
export interface ProbeRunOptions {
  readonly upToSeconds: number;
  readonly wantSeconds: number;
  /** So many Pings at once, if the server lets the user. */
  readonly atOnce: number;
  readonly device: (index: number) => ProbeDevice;
  readonly clock: Clock;
  /** How long the server may be late with an answer, as the devices allow it. */
  readonly marginSeconds: number;
  /** Ends the probe; what is known by then counts. */
  readonly signal?: AbortSignal;
  readonly onReady?: (ready: DeviceReadiness & { kind: "ready" }) => void;
  readonly onEnded?: (held: HeldPing) => void;
}

/** What came of a probe. */
export interface ProbeRunResult {
  readonly held: readonly HeldPing[];
  /** The first device's; undefined when none got so far. */
  readonly ready: (DeviceReadiness & { kind: "ready" }) | undefined;
  /** Most Pings that were held at once. */
  readonly atOnce: number;
  readonly elapsedSeconds: number;
  /** What ended it before its time. */
  readonly problem: ProbeProblem | undefined;
}

interface PingUnderWay {
  readonly askedSeconds: number;
  readonly startedSeconds: number;
  readonly controller: AbortController;
}

const MOST_UNCLEAR = 3;
const MOST_BUSY = 5;
const BUSY_PAUSE_MS = 5_000;

/** Holds Pings until enough is known. */
export class ProbeRun {
  readonly #options: ProbeRunOptions;
  readonly #plan: ProbePlan;
  readonly #underWay = new Set<PingUnderWay>();
  readonly #beganMs: number;
  #wake: (() => void)[] = [];
  #slots = 0;
  #mostAtOnce = 0;
  #unclear = 0;
  #busy = 0;
  #problem: ProbeProblem | undefined;

  constructor(options: ProbeRunOptions) {
    const { upToSeconds, wantSeconds, marginSeconds, clock } = options;
    this.#options = options;
    this.#beganMs = clock.monotonicNow();
    this.#plan = new ProbePlan({
      rungs: rungsUpTo(upToSeconds, wantSeconds),
      wantSeconds,
      budgetSeconds: upToSeconds + marginSeconds,
    });
  }

  /** Seconds since the probe began. */
  get elapsedSeconds(): number {
    return (this.#options.clock.monotonicNow() - this.#beganMs) / 1000;
  }

  /** The intervals that are held at present, in seconds, ascending. */
  get holding(): readonly number[] {
    return [...this.#underWay].map(({ askedSeconds }) => askedSeconds).sort((a, b) => a - b);
  }

  /** Seconds until the last Ping that is held now has ended. */
  get secondsLeft(): number {
    const ends = [...this.#underWay].map(({ askedSeconds, startedSeconds }) => startedSeconds + askedSeconds);
    return Math.max(0, Math.max(0, ...ends) - this.elapsedSeconds);
  }

  /** What is known so far. */
  get evidence(): Evidence {
    return this.#plan.evidence;
  }

  /** Runs the probe; once for each object. */
  async run(): Promise<ProbeRunResult> {
    const { device, atOnce, signal, onReady } = this.#options;
    const devices = Array.from({ length: atOnce }, (_, index) => device(index));
    const onAbort = (): void => {
      this.#stop({ code: "stopped", text: "The probe was stopped." });
      // A device that is getting ready has no other way to hear of it.
      for (const one of devices) one.close();
    };
    signal?.addEventListener("abort", onAbort);
    const [first, ...others] = devices;
    const ready = await first?.ready();
    if (ready?.kind === "ready" && first !== undefined) {
      onReady?.(ready);
      this.#slots = atOnce;
      await Promise.all([this.#work(first, true), ...others.map((one) => this.#join(one))]);
    }
    signal?.removeEventListener("abort", onAbort);
    for (const one of devices) one.close();
    return {
      held: this.#plan.ended,
      ready: ready?.kind === "ready" ? ready : undefined,
      atOnce: this.#mostAtOnce,
      elapsedSeconds: this.elapsedSeconds,
      problem: ready?.kind === "failed" ? ready.problem : this.#problem,
    };
  }

  /** A device beside the first: where it cannot get ready, the others do without it. */
  async #join(device: ProbeDevice): Promise<void> {
    const { kind } = await device.ready();
    if (kind === "ready") await this.#work(device, false);
    else this.#leave();
  }

  async #work(device: ProbeDevice, climbs: boolean): Promise<void> {
    while (this.#problem === undefined) {
      const role = this.#slots === 1 ? "alone" : climbs ? "climbs" : "reaches";
      const asked = this.#plan.next({ role, elapsedSeconds: this.elapsedSeconds });
      if (asked === undefined) {
        if (this.#underWay.size === 0) break;
        await this.#change();
      } else if ((await this.#hold(device, asked)) === "busy" && (await this.#retires())) return;
    }
    this.#leave();
  }

  async #hold(device: ProbeDevice, askedSeconds: number): Promise<"held" | "busy"> {
    const controller = new AbortController();
    const underWay = { askedSeconds, startedSeconds: this.elapsedSeconds, controller };
    this.#underWay.add(underWay);
    this.#mostAtOnce = Math.max(this.#mostAtOnce, this.#underWay.size);
    const outcome = await device.hold(askedSeconds, controller.signal);
    this.#underWay.delete(underWay);
    if (outcome === undefined || outcome.kind === "busy") this.#plan.abandon(askedSeconds);
    else this.#record({ askedSeconds, startedSeconds: underWay.startedSeconds, outcome });
    this.#tell();
    return outcome?.kind === "busy" ? "busy" : "held";
  }

  #record(held: HeldPing): void {
    this.#plan.record(held);
    this.#options.onEnded?.(held);
    this.#countUnclear(held.outcome);
    for (const { askedSeconds, controller } of this.#underWay) {
      if (!this.#plan.isOfUse(askedSeconds)) controller.abort();
    }
  }

  #countUnclear(outcome: HoldOutcome): void {
    if (outcome.kind !== "unclear") return;
    this.#unclear += 1;
    if (this.#unclear >= MOST_UNCLEAR) this.#stop({ code: "server-trouble", text: outcome.reason });
  }

  /** The server has no room for one more: true when this device is to leave the rest to the others. */
  async #retires(): Promise<boolean> {
    if (this.#slots > 1) {
      this.#leave();
      return true;
    }
    this.#busy += 1;
    if (this.#busy >= MOST_BUSY) {
      const text = "The server has no room for even one more request of this user (HTTP 503).";
      this.#stop({ code: "busy", text });
    } else await new Promise<void>((resolve) => this.#options.clock.setTimer(resolve, BUSY_PAUSE_MS));
    return false;
  }

  #leave(): void {
    this.#slots -= 1;
    this.#tell();
  }

  #stop(problem: ProbeProblem): void {
    this.#problem ??= problem;
    for (const { controller } of this.#underWay) controller.abort();
    this.#tell();
  }

  /** Resolves at the next {@link #tell}. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
