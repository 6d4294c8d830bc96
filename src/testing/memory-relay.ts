import { type Clock, systemClock } from "../clock.js";
import { DirectPushError } from "../errors.js";
import { Listeners } from "../relay/listeners.js";
import type { LinkState, Relay } from "../relay/relay.js";

/** How a {@link MemoryRelayHub} behaves. */
export interface MemoryRelayOptions {
  /** Times the messages. Default: the system's clock. */
  readonly clock?: Clock;
  /** How long each message is on its way, in milliseconds; without it, or at 0, it comes at the end of the present call. */
  delayMs?(): number;
  /** After what time the others take a process that is gone, or cut off, for gone, in milliseconds. Default 0. */
  readonly goneAfterMs?: number;
  /** Where the numbers of a name's claims begin. Default: at random. */
  firstClaim?(): number;
}

/** One process of a {@link MemoryRelayHub}. */
export interface MemoryRelay extends Relay {
  /** Whether the process is cut off. */
  readonly isCut: boolean;
  /** The topics that it is subscribed to, with the number of its listeners. */
  readonly topics: ReadonlyMap<string, { readonly size: number }>;
}

interface Claim {
  readonly number: number;
  readonly by: string;
}

/**
 * Several processes in one: each `connect()` is the relay of another. Tests cut processes off, lose and delay what they tell one another,
 * end processes, and empty what the relay keeps.
 */
export class MemoryRelayHub {
  readonly #options: MemoryRelayOptions;
  readonly #clock: Clock;
  readonly #relays = new Map<string, MemoryProcess>();
  readonly #claims = new Map<string, Claim>();
  readonly #leases = new Map<string, string>();
  #connected = 0;
  /** Messages that were given to a process, over all. */
  delivered = 0;
  /** Messages that were lost because their receiver was cut off, over all. */
  lost = 0;

  constructor(options: MemoryRelayOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Another process. */
  connect(): MemoryRelay {
    this.#connected += 1;
    const relay = new MemoryProcess(this, `process-${this.#connected}`);
    this.#relays.set(relay.id, relay);
    return relay;
  }

  /** Cuts a process off: what it asks for fails, and what others tell it is lost, until `heal`. */
  cut({ id }: Pick<Relay, "id">): void {
    const relay = this.#relays.get(id);
    if (relay === undefined || relay.isCut) return;
    relay.isCut = true;
    relay.links.tell("lost");
    this.#takenForGone(relay.id, () => relay.isCut);
  }

  /** Ends `cut`. */
  heal({ id }: Pick<Relay, "id">): void {
    const relay = this.#relays.get(id);
    if (relay === undefined || !relay.isCut) return;
    relay.isCut = false;
    relay.links.tell("restored");
  }

  /** The process dies: it tells and hears nothing any more, and asks in vain. */
  kill({ id }: Pick<Relay, "id">): void {
    const relay = this.#relays.get(id);
    if (relay === undefined) return;
    this.#relays.delete(id);
    relay.isCut = true;
    relay.topics.clear();
    this.#takenForGone(relay.id, () => true);
  }

  /** Forgets what the relay keeps, as an engine that comes back without its data. All processes are cut off for a moment. */
  empty(): void {
    const reached = [...this.#relays.values()].filter(({ isCut }) => !isCut);
    for (const relay of reached) this.cut(relay);
    this.#claims.clear();
    this.#leases.clear();
    for (const relay of reached) this.heal(relay);
  }

  /** Delivers to all that subscribed to a topic. */
  publish(topic: string, message: string): void {
    for (const relay of this.#relays.values()) {
      if (relay.topics.has(topic)) this.#deliver(relay, () => relay.topics.get(topic)?.tell(message));
    }
  }

  /** See {@link Relay.claim}. */
  claim(by: string, name: string): number {
    const former = this.#claims.get(name);
    const number = former === undefined ? this.#firstClaim() : former.number + 1;
    this.#claims.set(name, { number, by });
    const overtaken = former !== undefined && former.by !== by ? this.#relays.get(former.by) : undefined;
    if (overtaken !== undefined && former !== undefined) {
      this.#deliver(overtaken, () => overtaken.overtakings.tell(name, former.number));
    }
    return number;
  }

  /** See {@link Relay.claimed}. */
  claimed(name: string): number | undefined {
    return this.#claims.get(name)?.number;
  }

  /** See {@link Relay.lease}. */
  lease(by: string, name: string): string {
    const owner = this.#leases.get(name);
    if (owner !== undefined) return owner;
    this.#leases.set(name, by);
    return by;
  }

  /** See {@link Relay.release}. */
  release(by: string, name: string): void {
    if (this.#leases.get(name) === by) this.#leases.delete(name);
  }

  #firstClaim(): number {
    return this.#options.firstClaim?.() ?? 1 + Math.floor(Math.random() * 2 ** 30);
  }

  #takenForGone(id: string, isStillGone: () => boolean): void {
    this.#clock.setTimer(() => {
      if (!isStillGone()) return;
      for (const [name, owner] of this.#leases) if (owner === id) this.#leases.delete(name);
      for (const relay of this.#relays.values()) {
        if (relay.id !== id) this.#deliver(relay, () => relay.departures.tell(id));
      }
    }, this.#options.goneAfterMs ?? 0);
  }

  #deliver(relay: MemoryProcess, tell: () => void): void {
    const wasCut = relay.isCut;
    const arrive = (): void => {
      if (wasCut || relay.isCut) {
        this.lost += 1;
        return;
      }
      this.delivered += 1;
      tell();
    };
    const delayMs = this.#options.delayMs?.() ?? 0;
    if (delayMs > 0) this.#clock.setTimer(arrive, delayMs);
    else queueMicrotask(arrive);
  }
}

class MemoryProcess implements MemoryRelay {
  readonly id: string;
  isCut = false;
  readonly topics: Map<string, Listeners<[message: string]>> = new Map();
  readonly links: Listeners<[link: LinkState]> = new Listeners();
  readonly overtakings: Listeners<[name: string, claim: number]> = new Listeners();
  readonly departures: Listeners<[id: string]> = new Listeners();
  readonly #hub: MemoryRelayHub;

  constructor(hub: MemoryRelayHub, id: string) {
    this.#hub = hub;
    this.id = id;
  }

  async publish(topic: string, message: string): Promise<void> {
    this.#assertReached();
    this.#hub.publish(topic, message);
  }

  async subscribe(topic: string, onMessage: (message: string) => void): Promise<() => void> {
    const listeners = this.topics.get(topic) ?? new Listeners();
    this.topics.set(topic, listeners);
    const stop = listeners.add(onMessage);
    return () => {
      stop();
      if (listeners.size === 0 && this.topics.get(topic) === listeners) this.topics.delete(topic);
    };
  }

  async claim(name: string): Promise<number> {
    this.#assertReached();
    return this.#hub.claim(this.id, name);
  }

  async claimed(names: readonly string[]): Promise<readonly (number | undefined)[]> {
    this.#assertReached();
    return names.map((name) => this.#hub.claimed(name));
  }

  onOvertaken(listener: (name: string, claim: number) => void): () => void {
    return this.overtakings.add(listener);
  }

  async lease(name: string): Promise<string> {
    this.#assertReached();
    return this.#hub.lease(this.id, name);
  }

  async release(name: string): Promise<void> {
    this.#assertReached();
    this.#hub.release(this.id, name);
  }

  onGone(listener: (id: string) => void): () => void {
    return this.departures.add(listener);
  }

  onLink(listener: (link: LinkState) => void): () => void {
    return this.links.add(listener);
  }

  #assertReached(): void {
    if (this.isCut) throw new DirectPushError("ERR_RELAY_UNAVAILABLE", "the process is cut off");
  }
}
