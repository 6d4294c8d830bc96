import { setTimeout as pause } from "node:timers/promises";
import { createClient, ErrorReply } from "redis";
import { comeBack } from "../../../redis/come-back.js";
import { type RedisRelay, redisRelay, redisStateStore } from "../../../redis/index.js";
import type { StateStore } from "../../../state/state-store.js";
import type { RedisSettings } from "../settings.js";

/** Longest wait for Redis at the start. */
const START_MS = 10_000;
const CONNECT_MS = 5_000;
/** A connection that says nothing is asked so often whether it still is one, and given up when nothing comes. */
const PING_MS = 5_000;
const SILENCE_MS = 15_000;
/**
 * The mailboxes that a killed process watched are without a watch until it is taken for gone. One that was only slow is watched twice for a
 * while, which does no harm.
 */
const GONE_AFTER_MS = 5_000;
/** While Redis reads its data from the disk it refuses everything, so often it is asked again. */
const LOADING_MS = 200;

/** Redis, as the processes of a server use it. */
export interface OpenRedis {
  readonly store: StateStore;
  readonly relay: RedisRelay;
  /** What Redis tells of itself (`INFO`), by name. */
  information(): Promise<ReadonlyMap<string, string>>;
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
  const start = new Start(startMs);
  const client = start.client(settings.url);
  try {
    const relay = await start.within(connected(client, start));
    return {
      store: redisStateStore(client, { forgetAfterDays }),
      relay,
      information: async () => parseInformation(await client.info()),
      async close() {
        await relay.close();
        client.destroy();
      },
    };
  } catch (error) {
    // One that has given up is closed already.
    if (client.isOpen) client.destroy();
    throw new Error(`Redis at ${settings.place} cannot be used: ${start.reasonOf(error)}`);
  }
}

type Client = ReturnType<Start["client"]>;

async function connected(client: Client, start: Start): Promise<RedisRelay> {
  await client.connect();
  await start.untilLoaded(() => client.sPublish("direct-push:start", ""));
  return await redisRelay(client, { goneAfterMs: GONE_AFTER_MS });
}

/** The time until a server has all that it needs of Redis: until then what fails is told, later it is tried again. */
class Start {
  readonly #ms: number;
  readonly #endsAt: number;
  #isOver = false;
  #lastError: unknown;

  constructor(ms: number) {
    this.#ms = ms;
    this.#endsAt = performance.now() + ms;
  }

  client(url: string) {
    const client = createClient({
      url,
      // What is asked of Redis while it is away is outdated when it is back.
      disableOfflineQueue: true,
      pingInterval: PING_MS,
      socket: {
        connectTimeout: CONNECT_MS,
        socketTimeout: SILENCE_MS,
        reconnectStrategy: (tries, cause) => this.#mayTryAgain(cause) && comeBack(tries),
      },
    });
    client.on("error", (error) => {
      this.#lastError = error;
    });
    return client;
  }

  /** @throws what fails, or Error when it takes too long. */
  async within<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new TooLate()), this.#ms);
    });
    // What fails after it was given up has been told.
    work.catch(() => {});
    try {
      return await Promise.race([work, tooLate]);
    } finally {
      clearTimeout(timer);
      this.#isOver = true;
    }
  }

  /** Repeats what Redis refuses because it is loading its data. */
  async untilLoaded(work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (!(error instanceof ErrorReply && error.message.startsWith("LOADING")) || this.#isOver)
          throw error;
        await pause(LOADING_MS);
      }
    }
  }

  /** Why it failed, in words. */
  reasonOf(error: unknown): string {
    const cause = error instanceof TooLate ? (this.#lastError ?? "it does not answer") : error;
    const text = textOf(cause);
    return /unknown command .?spublish/i.test(text) ? `Redis 7 or Valkey is needed (${text})` : text;
  }

  /** At the start Redis's own refusal, of the password say, is final. */
  #mayTryAgain(cause: Error): boolean {
    return this.#isOver || (!(cause instanceof ErrorReply) && performance.now() < this.#endsAt);
  }
}

class TooLate extends Error {}

/** A name that has several addresses fails with all of their errors, and no message. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(textOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

function parseInformation(text: string): ReadonlyMap<string, string> {
  const lines = text
    .split("\r\n")
    .map((line) => [line.split(":", 1)[0] ?? "", line.slice(line.indexOf(":") + 1)] as const);
  return new Map(lines);
}
