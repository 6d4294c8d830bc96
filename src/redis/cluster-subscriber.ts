import { EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import createDebug from "debug";
import { comeBack } from "./come-back.js";
import type { RedisChannels } from "./redis-channels.js";
import type { RedisConnection } from "./redis-connection.js";
import { pingEveryMs, type RedisSubscriber, silenceMs } from "./redis-subscriber.js";

const debug = createDebug("direct-push:redis");

/** Trouble that comes again within this time is waited for longer: while slots are moved there is trouble all the time. */
const calmMs = 60_000;
const longestPauseMs = 30_000;

/** What the client calls its wish to subscribe to the channels of a node that is gone: nobody would hear if that failed. */
const resubscribeEvent = "__resubscribeListeners";

/** Told by the nodes' connections: one is lost, or a channel has another master and nothing is heard of it until somebody subscribes there. */
const troubles = ["node-error", "node-reconnecting", "sharded-channel-moved-error", resubscribeEvent];

/**
 * The subscriber of a Redis Cluster: one connection for each master that has a channel. Whatever happens to one of them, or to the division of
 * the slots, all are made anew: the client does not find every channel that was moved again, and does not say which it has not.
 */
export class ClusterSubscriber implements RedisSubscriber {
  readonly #cluster: RedisConnection;
  readonly #channels: RedisChannels;
  readonly #changed: () => void;
  readonly #ended = new AbortController();
  readonly #watched = new WeakSet<object>();
  #connection: RedisConnection | undefined;
  #isTroubled = false;
  /** How often in a row there was trouble soon after all was well. */
  #relapses = 0;
  #upSinceMs = Number.NEGATIVE_INFINITY;
  isUp = false;

  /** @param cluster is duplicated. */
  constructor(cluster: RedisConnection, channels: RedisChannels, changed: () => void) {
    this.#cluster = cluster;
    this.#channels = channels;
    this.#changed = changed;
  }

  async start(): Promise<void> {
    await this.#open();
    this.#nowUp();
  }

  close(): void {
    this.#ended.abort();
    this.#drop();
  }

  /** Nothing can be relied on any more. */
  #trouble(reason: unknown): void {
    this.#isTroubled = true;
    if (!this.isUp || this.#ended.signal.aborted) return;
    debug("the cluster's channels are subscribed to anew: %O", reason);
    this.isUp = false;
    this.#changed();
    void this.#renew();
  }

  async #renew(): Promise<void> {
    const isRelapse = performance.now() - this.#upSinceMs < calmMs;
    this.#relapses = isRelapse ? this.#relapses + 1 : 0;
    let pauseMs = Math.min(comeBack(0) * 2 ** Math.min(this.#relapses, 20), longestPauseMs);
    for (let tries = 1; ; tries += 1) {
      try {
        await pause(pauseMs, undefined, { ref: false, signal: this.#ended.signal });
        this.#isTroubled = false;
        await this.#open();
        if (await this.#channels.subscribeMissing()) break;
      } catch (error) {
        debug("the cluster cannot be subscribed to: %O", error);
      }
      if (this.#ended.signal.aborted) return;
      pauseMs = comeBack(tries);
    }
    this.#nowUp();
  }

  #nowUp(): void {
    if (this.#ended.signal.aborted) return;
    this.isUp = true;
    this.#upSinceMs = performance.now();
    this.#changed();
    if (this.#isTroubled) this.#trouble("it came while they were subscribed to");
  }

  async #open(): Promise<void> {
    this.#drop();
    const connection = this.#cluster.duplicate(subscriberOptions(this.#cluster));
    this.#connection = connection;
    const trouble = (reason: unknown): void => {
      if (this.#connection === connection) this.#trouble(reason);
    };
    this.#watch(connection, trouble);
    this.#channels.use(connection, trouble);
    await connection.connect();
    if (this.#ended.signal.aborted) this.#drop();
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.destroy();
  }

  #watch(connection: RedisConnection, trouble: (reason: unknown) => void): void {
    connection.on("error", (error) => debug("a node does not know the cluster: %O", error));
    if (connection instanceof EventEmitter) connection.removeAllListeners(resubscribeEvent);
    for (const event of troubles) connection.on(event, trouble);
    connection.on("node-ready", () => {
      for (const { pubSub } of connection.masters ?? []) {
        if (pubSub === undefined || this.#watched.has(pubSub.client)) continue;
        this.#watched.add(pubSub.client);
        pubSub.client.on("sharded-channel-moved", trouble);
      }
    });
  }
}

function subscriberOptions(cluster: RedisConnection): object {
  const options: unknown = Reflect.get(cluster, "_options");
  if (typeof options !== "object" || options === null) return { minimizeConnections: true };
  const defaults: unknown = Reflect.get(options, "defaults");
  const given = typeof defaults === "object" && defaults !== null ? defaults : {};
  const socket: unknown = Reflect.get(given, "socket");
  return {
    // It subscribes, and nothing else.
    minimizeConnections: true,
    rootNodes: rootNodes(cluster, options),
    defaults: {
      ...given,
      pingInterval: pingEveryMs,
      socket: {
        ...(typeof socket === "object" ? socket : undefined),
        socketTimeout: silenceMs,
        // Whatever is lost is made anew as a whole.
        reconnectStrategy: false,
      },
    },
  };
}

/** Those that were given may all be away: the cluster is found by its masters as well, where they are reached by the addresses that they tell. */
function rootNodes(cluster: RedisConnection, options: object): unknown[] {
  const given: unknown = Reflect.get(options, "rootNodes");
  const isMapped = Reflect.get(options, "nodeAddressMap") !== undefined;
  const masters = isMapped ? [] : (cluster.masters ?? []);
  return [
    ...masters.map(({ host, port }) => ({ socket: { host, port } })),
    ...(Array.isArray(given) ? given : []),
  ];
}
