import createDebug from "debug";
import { Listeners } from "../relay/listeners.js";
import type { RedisConnection } from "./redis-connection.js";

const debug = createDebug("direct-push:redis");

/** How many channels are subscribed to before the others: those that a process has from the start, of which each node of a cluster has some. */
const vanguard = 64;

/** A channel that somebody listens to. */
class Channel {
  readonly listeners = new Listeners<[message: string]>();
  readonly name: string;
  /** Whether the server has confirmed it; a client that is not that of a cluster subscribes anew by itself to those. */
  isConfirmed = false;
  /** Given to the client, and taken back from it: it tells subscriptions apart by it. */
  readonly hear = (message: string): void => this.listeners.tell(message);

  constructor(name: string) {
    this.name = name;
  }
}

/** The channels that a process listens to: each is subscribed to once, while anybody listens. */
export class RedisChannels {
  readonly #channels = new Map<string, Channel>();
  #subscriber: RedisConnection | undefined;
  #failed: (reason: unknown) => void = () => {};

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

  /**
   * From now on everything goes over this connection, which is used for nothing else; nothing is subscribed to there yet.
   *
   * @param failed told when a channel cannot be subscribed to although the connection is ready.
   */
  use(subscriber: RedisConnection, failed: (reason: unknown) => void = () => {}): void {
    this.#subscriber = subscriber;
    this.#failed = failed;
    for (const channel of this.#channels.values()) channel.isConfirmed = false;
  }

  /** Subscribes to what the server has not confirmed. Resolves when that is over, with whether all is confirmed. Never rejects. */
  async subscribeMissing(): Promise<boolean> {
    const missing = [...this.#channels.values()].filter(({ isConfirmed }) => !isConfirmed);
    // While part of a cluster is away this is tried again and again: with few.
    const first = await this.#subscribeTo(missing.slice(0, vanguard));
    return first && (await this.#subscribeTo(missing.slice(vanguard)));
  }

  async #subscribeTo(channels: readonly Channel[]): Promise<boolean> {
    await Promise.all(channels.map((channel) => this.#subscribe(channel)));
    return channels.every((channel) => channel.isConfirmed || this.#channels.get(channel.name) !== channel);
  }

  async #subscribe(channel: Channel): Promise<void> {
    const subscriber = this.#subscriber;
    if (subscriber?.isReady !== true) return;
    try {
      await subscriber.sSubscribe(channel.name, channel.hear);
      if (this.#subscriber === subscriber) channel.isConfirmed = true;
    } catch (error) {
      debug("subscribing to %s failed: %O", channel.name, error);
      if (this.#subscriber === subscriber) this.#failed(error);
    }
  }

  #drop(channel: Channel): void {
    if (this.#channels.get(channel.name) !== channel) return;
    this.#channels.delete(channel.name);
    this.#subscriber?.sUnsubscribe(channel.name, channel.hear).catch((error: unknown) => {
      debug("unsubscribing from %s failed: %O", channel.name, error);
    });
  }
}
