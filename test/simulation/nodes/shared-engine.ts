import { MemoryStateStore, type Relay, type StateStore } from "../../../src/index.js";
import { type FakeClock, MemoryRelayHub } from "../../../src/testing/index.js";
import type { Random } from "../random.js";

/** After what time without a sign of life a process is taken for gone. */
export const goneAfterMs = 10_000;

/** The longest that a message is on its way. */
export const longestDelayMs = 800;

/** A process's way to what it shares with the others. */
export interface EngineWay {
  readonly relay: Relay;
  readonly state: StateStore;
  readonly isCut: boolean;
  /** Nothing gets through any more, or what is under way does not. */
  cut(): void;
  /** Ends {@link cut}. */
  heal(): void;
  /** The process is dead, without a word. */
  end(): void;
}

/** What keeps the processes' state and carries their messages. */
export interface Engine {
  /** Another process's way to it. */
  connect(): EngineWay;
  /** It comes back without its data. */
  empty(): Promise<void>;
}

/** An {@link Engine} in memory: messages take their time and overtake one another. */
export class MemoryEngine implements Engine {
  readonly #hub: MemoryRelayHub;
  readonly #state = new MemoryStateStore();

  constructor(clock: FakeClock, random: Random) {
    this.#hub = new MemoryRelayHub({
      clock,
      goneAfterMs,
      delayMs: () => (random.chance(0.6) ? 0 : random.between(1, longestDelayMs)),
      firstClaim: () => random.between(1, 2 ** 30),
    });
  }

  connect(): EngineWay {
    const hub = this.#hub;
    const relay = hub.connect();
    return {
      relay,
      state: this.#state,
      get isCut() {
        return relay.isCut;
      },
      cut: () => hub.cut(relay),
      heal: () => hub.heal(relay),
      end: () => hub.kill(relay),
    };
  }

  async empty(): Promise<void> {
    for (const [key] of [...this.#state.entries()]) await this.#state.delete(key);
    this.#hub.empty();
  }
}

/** What several processes share, as they share a Redis. It may stand still, and lose everything. */
export class SharedEngine {
  /** Resolves when it goes on; undefined while it does not stand still. */
  stalled: Promise<void> | undefined;
  /** How often it lost everything. */
  emptied = 0;
  readonly #clock: FakeClock;
  readonly #engine: Engine;
  #goOn: () => void = () => {};

  constructor(clock: FakeClock, engine: Engine) {
    this.#clock = clock;
    this.#engine = engine;
  }

  /** Another process's way to it. */
  connect(): EngineWay {
    return this.#engine.connect();
  }

  /** Whatever is asked of it is done after that time. */
  stall(durationMs: number): void {
    if (this.stalled !== undefined) return;
    this.stalled = new Promise((resolve) => {
      this.#goOn = resolve;
    });
    this.#clock.setTimer(() => this.goOn(), durationMs);
  }

  /** Ends a {@link stall}. */
  goOn(): void {
    this.stalled = undefined;
    this.#goOn();
  }

  /** It comes back without its data. */
  async empty(): Promise<void> {
    this.emptied += 1;
    await this.#engine.empty();
  }
}
