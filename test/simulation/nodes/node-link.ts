import {
  DirectPushError,
  type DirectPushErrorCode,
  type Relay,
  type StateStore,
} from "../../../src/index.js";
import type { Mortality } from "../mortal.js";
import type { EngineWay, SharedEngine } from "./shared-engine.js";

/** What a {@link NodeLink} tells of. */
export interface NodeLinkObserver {
  /** A call failed, was late, or lost against another writer: a phone may be asked to come back. */
  failed(): void;
  /** The way was cut in the middle of a call, which took effect. */
  cutMeanwhile(): void;
}

const never = new Promise<never>(() => {});

/** A process's way to what it shares with the others: it may be cut, with or without the process noticing that it hears nothing. */
export class NodeLink {
  /** As the process sees them. */
  readonly relay: Relay;
  readonly state: StateStore;
  /** Messages to the process are lost, and it does not know. */
  isDeaf = false;
  readonly #engine: SharedEngine;
  readonly #way: EngineWay;
  readonly #mortality: Mortality;
  readonly #observer: NodeLinkObserver;
  readonly #restored = new Set<(link: "lost" | "restored") => void>();
  #callsToCut = Number.POSITIVE_INFINITY;

  constructor(engine: SharedEngine, mortality: Mortality, observer: NodeLinkObserver) {
    this.#engine = engine;
    this.#way = engine.connect();
    this.#mortality = mortality;
    this.#observer = observer;
    this.relay = this.#seenRelay();
    const { state } = this.#way;
    this.state = {
      read: (key) => this.#reach("ERR_STATE_UNAVAILABLE", () => state.read(key)),
      write: async (key, value, expected) => {
        const version = await this.#reach("ERR_STATE_UNAVAILABLE", () => state.write(key, value, expected));
        if (version === undefined) this.#observer.failed();
        return version;
      },
      delete: (key) => this.#reach("ERR_STATE_UNAVAILABLE", () => state.delete(key)),
    };
  }

  get isCut(): boolean {
    return this.#way.isCut;
  }

  /** Nothing gets through any more. */
  cut(): void {
    this.#way.cut();
  }

  /** The way is cut in the call after so many more. */
  cutAfter(calls: number): void {
    this.#callsToCut = calls;
  }

  /** Ends {@link cut} and {@link isDeaf}: the process knows that it may have missed something. */
  heal(): void {
    this.#callsToCut = Number.POSITIVE_INFINITY;
    this.#way.heal();
    if (!this.isDeaf) return;
    this.isDeaf = false;
    for (const tell of this.#restored) tell("restored");
  }

  /** The process is dead. */
  end(): void {
    this.#way.end();
  }

  async #reach<T>(code: DirectPushErrorCode, call: () => Promise<T>): Promise<T> {
    if (!this.#mortality.spend()) return never;
    if (this.#engine.stalled !== undefined) {
      this.#observer.failed();
      await this.#engine.stalled;
      this.#observer.failed();
    }
    this.#assertReached(code);
    const value = await this.#called(call);
    this.#assertReached(code);
    return this.#mortality.alive ? value : never;
  }

  async #called<T>(call: () => Promise<T>): Promise<T> {
    const calling = call();
    this.#callsToCut -= 1;
    if (this.#callsToCut < 0) {
      this.#callsToCut = Number.POSITIVE_INFINITY;
      this.cut();
      this.#observer.cutMeanwhile();
    }
    try {
      return await calling;
    } catch (error) {
      if (!this.#mortality.alive) return never;
      this.#observer.failed();
      throw error;
    }
  }

  #assertReached(code: DirectPushErrorCode): void {
    if (!this.isCut || !this.#mortality.alive) return;
    this.#observer.failed();
    throw new DirectPushError(code, "the process is cut off");
  }

  #seenRelay(): Relay {
    const { relay } = this.#way;
    const reach = <T>(call: () => Promise<T>): Promise<T> => this.#reach("ERR_RELAY_UNAVAILABLE", call);
    return {
      id: relay.id,
      publish: (topic, message) => reach(() => relay.publish(topic, message)),
      subscribe: (topic, onMessage) => relay.subscribe(topic, this.#heard(onMessage)),
      claim: (name) => reach(() => relay.claim(name)),
      claimed: (names) => reach(() => relay.claimed(names)),
      onOvertaken: (listener) => relay.onOvertaken(this.#heard(listener)),
      lease: (name) => reach(() => relay.lease(name)),
      release: (name) => reach(() => relay.release(name)),
      onGone: (listener) => relay.onGone(this.#heard(listener)),
      onLink: (listener) => {
        const hear = this.#living(listener);
        this.#restored.add(hear);
        const stop = relay.onLink(hear);
        return () => {
          this.#restored.delete(hear);
          stop();
        };
      },
    };
  }

  /** What a process hears unless it is dead or deaf. */
  #heard<Told extends readonly unknown[]>(listener: (...told: Told) => void): (...told: Told) => void {
    return this.#living((...told: Told) => {
      if (!this.isDeaf) listener(...told);
    });
  }

  #living<Told extends readonly unknown[]>(listener: (...told: Told) => void): (...told: Told) => void {
    return (...told) => {
      if (this.#mortality.alive) listener(...told);
    };
  }
}
