import type { Clock } from "../../clock.js";
import type {
  HeartbeatStrategy,
  IntervalCircumstances,
  IntervalOutcome,
} from "../heartbeat/heartbeat-strategy.js";
import type { AccountMemory } from "../session/account-memory.js";

/** What {@link IntervalChooser} works with. */
export interface IntervalChooserParts {
  readonly strategy: HeartbeatStrategy<unknown>;
  readonly memory: AccountMemory;
  readonly clock: Clock;
  readonly network: (() => string | undefined) | undefined;
}

/** Asks a strategy for intervals, tells it of outcomes, and keeps its state among the account's. */
export class IntervalChooser {
  readonly #parts: IntervalChooserParts;
  #refusal: { readonly askedSeconds: number; readonly nearestSeconds: number } | undefined;

  constructor(parts: IntervalChooserParts) {
    this.#parts = parts;
  }

  /** The interval to ask for next, in whole seconds. */
  next(): number {
    const { strategy } = this.#parts;
    const wanted = Math.max(1, Math.round(strategy.interval(this.#state, this.#circumstances)));
    // A strategy that does not listen would be refused for ever.
    return this.#refusal?.askedSeconds === wanted ? this.#refusal.nearestSeconds : wanted;
  }

  /** Tells how an interval ended. */
  tell(askedSeconds: number, outcome: IntervalOutcome): void {
    const { strategy, memory } = this.#parts;
    if (outcome.kind === "refused") this.#refusal = { askedSeconds, nearestSeconds: outcome.nearestSeconds };
    const state = strategy.next(this.#state, askedSeconds, outcome, this.#circumstances);
    memory.update({ heartbeat: { strategy: strategy.name, state } });
  }

  /** What another strategy remembered is of no use to this one. */
  get #state(): unknown {
    const { strategy, memory } = this.#parts;
    const { heartbeat } = memory.state;
    return heartbeat?.strategy === strategy.name ? heartbeat.state : strategy.initial();
  }

  get #circumstances(): IntervalCircumstances {
    const { clock, network } = this.#parts;
    const name = network?.();
    return { nowSeconds: Math.floor(clock.now() / 1000), ...(name !== undefined && { network: name }) };
  }
}
