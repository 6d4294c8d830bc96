import { randomUUID } from "node:crypto";
import createDebug from "debug";
import { DirectPushError } from "../errors.js";
import { Listeners } from "../relay/listeners.js";
import type { LinkState, Relay } from "../relay/relay.js";
import { ClusterSubscriber } from "./cluster-subscriber.js";
import { RedisChannels } from "./redis-channels.js";
import { RedisClaims } from "./redis-claims.js";
import type { RedisConnection } from "./redis-connection.js";
import { RedisLeases } from "./redis-leases.js";
import { checkedNumber, checkedPrefix } from "./redis-options.js";
import { RedisPresence } from "./redis-presence.js";
import { type RedisSubscriber, SingleSubscriber } from "./redis-subscriber.js";
import { giveUpUnreachedMasters } from "./unreached-masters.js";

const debug = createDebug("direct-push:redis");

/** How a {@link redisRelay} behaves. */
export interface RedisRelayOptions {
  /** The beginning of every key and channel; at most 100 characters, no braces. The same in every process. Default `direct-push:`. */
  readonly prefix?: string;
  /** After what time without a sign of life a process is taken for gone, in milliseconds, 500 to 600000. Default 10000. */
  readonly goneAfterMs?: number;
}

/** A {@link Relay} over Redis. */
export interface RedisRelay extends Relay {
  /** Says goodbye and closes the connection that it made. Close the server and its sources first. Never rejects. */
  close(): Promise<void>;
}

/**
 * Connects a process to the others through Redis: by sharded channels, so that Redis Cluster divides them among its nodes.
 *
 * @param client connected, and closed by whoever made it; may be that of the state store. A duplicate of it subscribes; of a cluster's client
 *   another one whenever the cluster has changed.
 * @returns resolves when it is connected and hears of the others.
 * @throws DirectPushError `ERR_OPTION_INVALID` naming the option, the bound and the value.
 */
export async function redisRelay(
  client: RedisConnection,
  options: RedisRelayOptions = {},
): Promise<RedisRelay> {
  const { prefix = "direct-push:", goneAfterMs = 10_000 } = options;
  const checked = {
    prefix: checkedPrefix(prefix),
    goneAfterMs: checkedNumber("goneAfterMs", goneAfterMs, 500, 600_000),
  };
  const relay = new ConnectedRelay(client, checked);
  try {
    await relay.start();
  } catch (error) {
    await relay.close();
    throw error;
  }
  return relay;
}

class ConnectedRelay implements RedisRelay {
  readonly id: string = randomUUID();
  readonly #client: RedisConnection;
  readonly #presence: RedisPresence;
  readonly #subscriber: RedisSubscriber;
  readonly #prefix: string;
  readonly #channels: RedisChannels;
  readonly #claims: RedisClaims;
  readonly #leases: RedisLeases;
  readonly #links = new Listeners<[link: LinkState]>();
  #isUp = true;
  #isStarted = false;
  #isClosed = false;

  constructor(client: RedisConnection, { prefix, goneAfterMs }: Required<RedisRelayOptions>) {
    giveUpUnreachedMasters(client);
    this.#client = client;
    this.#prefix = prefix;
    this.#channels = new RedisChannels();
    this.#claims = new RedisClaims(client, prefix, this.id);
    this.#leases = new RedisLeases({ client, prefix, id: this.id, goneAfterMs });
    const Subscriber = client.masters === undefined ? SingleSubscriber : ClusterSubscriber;
    this.#subscriber = new Subscriber(client, this.#channels, this.#changed);
    this.#presence = new RedisPresence(client, this.#changed);
  }

  /** Hears of the other processes from now on. */
  async start(): Promise<void> {
    await this.#subscriber.start();
    await this.#claims.listen(this.#channels);
    this.#isStarted = true;
    this.#changed();
  }

  async publish(topic: string, message: string): Promise<void> {
    this.#assertUp();
    await this.#client.sPublish(this.#channelOf(topic), message);
  }

  subscribe(topic: string, onMessage: (message: string) => void): Promise<() => void> {
    return this.#channels.add(this.#channelOf(topic), onMessage);
  }

  async claim(name: string): Promise<number> {
    this.#assertUp();
    return this.#claims.claim(name);
  }

  async claimed(names: readonly string[]): Promise<readonly (number | undefined)[]> {
    this.#assertUp();
    return this.#claims.claimed(names);
  }

  onOvertaken(listener: (name: string, claim: number) => void): () => void {
    return this.#claims.overtakings.add(listener);
  }

  async lease(name: string): Promise<string> {
    this.#assertUp();
    return this.#leases.lease(name);
  }

  async release(name: string): Promise<void> {
    this.#assertUp();
    await this.#leases.release(name);
  }

  onGone(listener: (id: string) => void): () => void {
    return this.#leases.departures.add(listener);
  }

  onLink(listener: (link: LinkState) => void): () => void {
    return this.#links.add(listener);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#presence.close();
    await this.#leases.close().catch((error: unknown) => debug("no goodbye: %O", error));
    this.#subscriber.close();
  }

  readonly #changed = (): void => {
    if (!this.#isStarted || this.#isClosed) return;
    const isUp = this.#presence.isComplete && this.#subscriber.isUp;
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    debug(isUp ? "restored" : "lost");
    if (isUp) this.#leases.renew();
    this.#links.tell(isUp ? "restored" : "lost");
  };

  /** The client keeps commands until it is connected again: what they say would be outdated by then. */
  #assertUp(): void {
    if (this.#client.isReady && !this.#isClosed) return;
    throw new DirectPushError("ERR_RELAY_UNAVAILABLE", "Redis cannot be reached");
  }

  #channelOf(topic: string): string {
    return `${this.#prefix}topic:${topic}`;
  }
}
