import { Listeners } from "../../../relay/listeners.js";
import type { LinkState, Relay } from "../../../relay/relay.js";
import { type Line, type RelayCall, readMessage, sendOn, type ToWorker } from "./line.js";

/** The relay of a worker: what it tells the other workers goes through the first process. When that ends the worker ends as well, so the way is never lost. */
export class LineRelay implements Relay {
  readonly id: string;
  readonly #line: Line;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  readonly #topics = new Map<string, Listeners<[message: string]>>();
  readonly #overtakings = new Listeners<[name: string, claim: number]>();
  readonly #departures = new Listeners<[id: string]>();
  readonly #links = new Listeners<[link: LinkState]>();
  #calls = 0;

  /** @param id the worker's name, as the hub gave it. */
  constructor(line: Line, id: string) {
    this.id = id;
    this.#line = line;
    line.onMessage((received) => {
      const message = readMessage<ToWorker>(received);
      if (message !== undefined) this.#hear(message);
    });
  }

  async publish(topic: string, message: string): Promise<void> {
    await this.#call({ op: "publish", topic, message });
  }

  async subscribe(topic: string, onMessage: (message: string) => void): Promise<() => void> {
    const listeners = this.#topics.get(topic) ?? new Listeners<[message: string]>();
    this.#topics.set(topic, listeners);
    const remove = listeners.add(onMessage);
    // Asked for by each listener: the hub has a topic once, and lets it go with the last.
    await this.#call({ op: "subscribe", topic });
    return () => {
      remove();
      if (listeners.size > 0 || this.#topics.get(topic) !== listeners) return;
      this.#topics.delete(topic);
      void this.#call({ op: "unsubscribe", topic });
    };
  }

  async claim(name: string): Promise<number> {
    return (await this.#call({ op: "claim", name })) as number;
  }

  async claimed(names: readonly string[]): Promise<readonly (number | undefined)[]> {
    const claims = (await this.#call({ op: "claimed", names })) as readonly (number | null)[];
    return claims.map((claim) => claim ?? undefined);
  }

  onOvertaken(listener: (name: string, claim: number) => void): () => void {
    return this.#overtakings.add(listener);
  }

  async lease(name: string): Promise<string> {
    return (await this.#call({ op: "lease", name })) as string;
  }

  async release(name: string): Promise<void> {
    await this.#call({ op: "release", name });
  }

  onGone(listener: (id: string) => void): () => void {
    return this.#departures.add(listener);
  }

  onLink(listener: (link: LinkState) => void): () => void {
    return this.#links.add(listener);
  }

  #call(call: RelayCall): Promise<unknown> {
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      sendOn(this.#line, { kind: "relay", id, call });
    });
  }

  #hear(message: ToWorker): void {
    switch (message.kind) {
      case "relay-answer":
        this.#waiting.get(message.id)?.(message.answer);
        this.#waiting.delete(message.id);
        break;
      case "relay-message":
        this.#topics.get(message.topic)?.tell(message.message);
        break;
      case "relay-overtaken":
        this.#overtakings.tell(message.name, message.claim);
        break;
      case "relay-gone":
        this.#departures.tell(message.relayId);
        break;
      default:
    }
  }
}
