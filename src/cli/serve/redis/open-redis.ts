import { type RedisRelay, redisRelay, redisStateStore } from "../../../redis/index.js";
import type { StateStore } from "../../../state/state-store.js";
import type { RedisSettings } from "../settings.js";
import { connectRedis, type RedisClient } from "./redis-client.js";
import { RedisStart } from "./redis-start.js";

/** Longest wait for Redis at the start. */
const START_MS = 10_000;
/**
 * The mailboxes that a killed process watched are without a watch until it is taken for gone. One that was only slow is watched twice for a
 * while, which does no harm.
 */
const GONE_AFTER_MS = 5_000;

/** Redis, as the processes of a server use it. */
export interface OpenRedis extends Pick<RedisClient, "information"> {
  readonly store: StateStore;
  readonly relay: RedisRelay;
  /** Says goodbye to the other processes and lets go. Close the server and its source first. */
  close(): Promise<void>;
}

/** How Redis is opened. */
export interface OpenRedisOptions {
  readonly settings: RedisSettings;
  readonly forgetAfterDays: number;
  /** Longest wait at the start, in milliseconds. Default 10000. */
  readonly startMs?: number;
}

/**
 * Connects to Redis. From then on it comes back by itself, for as long as it takes.
 *
 * @throws Error that names the place, without the password, when Redis cannot be used.
 */
export async function openRedis(options: OpenRedisOptions): Promise<OpenRedis> {
  const { settings, forgetAfterDays, startMs = START_MS } = options;
  const start = new RedisStart(startMs);
  try {
    const { client, relay } = await start.within(connect(settings, start));
    return {
      store: redisStateStore(client.connection, { forgetAfterDays }),
      relay,
      information: client.information,
      async close() {
        await relay.close();
        client.connection.destroy();
      },
    };
  } catch (error) {
    throw new Error(`Redis at ${settings.place} cannot be used: ${start.reasonOf(error)}`);
  }
}

async function connect(
  { urls }: RedisSettings,
  start: RedisStart,
): Promise<{ readonly client: RedisClient; readonly relay: RedisRelay }> {
  const client = await connectRedis(urls, start);
  await start.untilLoaded(() => client.connection.sPublish("direct-push:start", ""));
  return { client, relay: await redisRelay(client.connection, { goneAfterMs: GONE_AFTER_MS }) };
}
