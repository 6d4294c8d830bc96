import { createClient, createCluster, ErrorReply } from "redis";
import type { RedisConnection } from "../../../redis/index.js";
import { giveUpUnreachedMasters } from "../../../redis/unreached-masters.js";
import type { RedisStart } from "./redis-start.js";

const CONNECT_MS = 5_000;
/** A connection that says nothing is asked so often whether it still is one, and given up when nothing comes. */
const PING_MS = 5_000;
const SILENCE_MS = 15_000;
/** A master of a cluster that cannot be reached for so long may have a successor: the others are asked. */
const SUCCESSOR_MS = 1_000;

/** What a Redis tells of itself (`INFO`), by name. */
export type RedisInformation = ReadonlyMap<string, string>;

/** A client that is connected to a Redis, or to all masters of a Redis Cluster. */
export interface RedisClient {
  readonly connection: RedisConnection;
  /** What each master tells of itself; a Redis that is no cluster is its own master. */
  information(): Promise<readonly RedisInformation[]>;
}

/**
 * Connects to the Redis that a URL names, or to the Redis Cluster that one or more of its nodes' URLs lead to. What is connected comes back by
 * itself, for as long as it takes.
 */
export async function connectRedis(
  urls: readonly [string, ...string[]],
  start: RedisStart,
): Promise<RedisClient> {
  const single = urls.length === 1 ? await connectSingle(urls[0], start) : undefined;
  return single ?? (await connectCluster(urls, start));
}

/** Undefined where the Redis is a node of a cluster. */
async function connectSingle(url: string, start: RedisStart): Promise<RedisClient | undefined> {
  const client = createClient({ url, ...clientOptions(start) });
  start.owns(client);
  client.on("error", start.note);
  await client.connect();
  if (await isOfCluster(() => client.hello())) {
    client.destroy();
    return undefined;
  }
  return { connection: client, information: async () => [parseInformation(await client.info())] };
}

async function connectCluster(urls: readonly [string, ...string[]], start: RedisStart): Promise<RedisClient> {
  const { socket, ...options } = clientOptions(start);
  const { protocol, username, password } = new URL(urls[0]);
  const client = createCluster({
    rootNodes: urls.map((url) => ({ url })),
    // The nodes are found by their addresses: the client does not take the rest from the URLs.
    defaults: {
      ...options,
      ...(username !== "" && { username: decodeURIComponent(username) }),
      ...(password !== "" && { password: decodeURIComponent(password) }),
      socket: protocol === "rediss:" ? { ...socket, tls: true } : socket,
    },
    topologyRefreshOnReconnectionAttemptStrategy: SUCCESSOR_MS,
  });
  start.owns(client);
  giveUpUnreachedMasters(client);
  client.on("error", start.note);
  client.on("node-error", start.note);
  await start.untilReached(() => client.connect());
  return {
    connection: client,
    information: () =>
      Promise.all(
        client.masters.map(async (master) =>
          parseInformation(await (await client.nodeClient(master)).info()),
        ),
      ),
  };
}

function clientOptions(start: RedisStart) {
  return {
    // What is asked of Redis while it is away is outdated when it is back.
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: start.tryAgain,
    },
  };
}

/** Whoever stands in front of a single Redis need not know the question. */
async function isOfCluster(hello: () => Promise<{ readonly mode: unknown }>): Promise<boolean> {
  try {
    return (await hello()).mode === "cluster";
  } catch (error) {
    if (error instanceof ErrorReply) return false;
    throw error;
  }
}

function parseInformation(text: string): RedisInformation {
  const lines = text
    .split("\r\n")
    .map((line) => [line.split(":", 1)[0] ?? "", line.slice(line.indexOf(":") + 1)] as const);
  return new Map(lines);
}
