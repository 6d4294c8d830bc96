import createDebug from "debug";
import { Listeners } from "../relay/listeners.js";
import type { RedisConnection } from "./redis-connection.js";

const debug = createDebug("direct-push:redis");

/** A channel that somebody listens to. */
class Channel {
  readonly listeners = new Listeners<[message: string]>();
  readonly name: string;
  /** Whether the server has confirmed it; the client subscribes anew by itself to those. */
  isConfirmed = false;
  /** Given to the client, and taken back from it: it tells subscriptions apart by it. */
  readonly hear = (message: string): void => this.listeners.tell(message);

  constructor(name: string) {
    this.name = name;
  }
}

/** The channels that a process listens to, over one connection: each is subscribed to once, while anybody listens. */
export class RedisChannels {
  readonly #subscriber: RedisConnection;
  readonly #channels = new Map<string, Channel>();

  /** @param subscriber used for nothing else. */
  constructor(subscriber: RedisConnection) {
    this.#subscriber = subscriber;
  }

  /** How many channels are listened to. */
  get size(): number {
    return this.#channels.size;
  }

  /** Listens. Resolves when the server has confirmed that, or cannot be reached. Never rejects. */
  async add(name: string, listener: (message: string) => void): Promise<() => void> {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = new Channel(name);
      this.#channels.set(name, channel);
    }
    const stop = channel.listeners.add(listener);
    // Once more for each listener until it is confirmed: that of the first one may be still on its way.
    if (!channel.isConfirmed) await this.#subscribe(channel);
    return () => {
      stop();
      if (channel.listeners.size === 0) this.#drop(channel);
    };
  }

  /** Subscribes to what the server has not confirmed. Resolves when that is over. Never rejects. */
  async subscribeMissing(): Promise<void> {
    const missing = [...this.#channels.values()].filter(({ isConfirmed }) => !isConfirmed);
    await Promise.all(missing.map((channel) => this.#subscribe(channel)));
  }

  async #subscribe(channel: Channel): Promise<void> {
    if (!this.#subscriber.isReady) return;
    try {
      await this.#subscriber.sSubscribe(channel.name, channel.hear);
      channel.isConfirmed = true;
    } catch (error) {
      debug("subscribing to %s failed: %O", channel.name, error);
    }
  }

  #drop(channel: Channel): void {
    if (this.#channels.get(channel.name) !== channel) return;
    this.#channels.delete(channel.name);
    this.#subscriber.sUnsubscribe(channel.name, channel.hear).catch((error: unknown) => {
      debug("unsubscribing from %s failed: %O", channel.name, error);
    });
  }
}
