import type {
  HeartbeatStrategy,
  IntervalOutcome,
} from "../../../../src/client/heartbeat/heartbeat-strategy.js";

export const expired: IntervalOutcome = { kind: "expired" };
export const silentAfter = (afterSeconds: number): IntervalOutcome => ({
  kind: "failed",
  how: "silent",
  afterSeconds,
});
export const cutAfter = (afterSeconds: number): IntervalOutcome => ({
  kind: "failed",
  how: "cut",
  afterSeconds,
});
export const changedAfter = (afterSeconds: number): IntervalOutcome => ({ kind: "changed", afterSeconds });
export const refusedFor = (nearestSeconds: number): IntervalOutcome => ({ kind: "refused", nearestSeconds });

/** A device that keeps its state as JSON between two requests, and its own time. */
export class ReplayedDevice<State> {
  readonly #strategy: HeartbeatStrategy<State>;
  #stored: string;
  #nowSeconds = 1_795_392_000;
  network: string | undefined;

  constructor(strategy: HeartbeatStrategy<State>) {
    this.#strategy = strategy;
    this.#stored = JSON.stringify(strategy.initial());
  }

  get state(): State {
    return JSON.parse(this.#stored) as State;
  }

  get asks(): number {
    return this.#strategy.interval(this.state, this.#circumstances());
  }

  sleep(seconds: number): void {
    this.#nowSeconds += seconds;
  }

  /** Ends the interval that it asks for as `outcome`. Returns what was asked for. */
  end(outcome: IntervalOutcome): number {
    const asked = this.asks;
    this.#nowSeconds +=
      outcome.kind === "expired" ? asked : "afterSeconds" in outcome ? outcome.afterSeconds : 0;
    const next = this.#strategy.next(this.state, asked, outcome, this.#circumstances());
    this.#stored = JSON.stringify(next);
    return asked;
  }

  /** Asks `times` times on a path that dies in silence beyond `limitSeconds`. Returns what was asked for and died. */
  hold(limitSeconds: number, times: number): readonly number[] {
    const died: number[] = [];
    for (let time = 0; time < times; time++) {
      const { asks } = this;
      if (asks > limitSeconds) died.push(asks);
      this.end(asks > limitSeconds ? silentAfter(asks + 10) : expired);
    }
    return died;
  }

  #circumstances() {
    const nowSeconds = Math.floor(this.#nowSeconds);
    return this.network === undefined ? { nowSeconds } : { nowSeconds, network: this.network };
  }
}
