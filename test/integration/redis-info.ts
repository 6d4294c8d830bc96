import type { TestClient } from "./redis-server.js";

/** How often each command was called since the server started, by its name in lower case. */
export async function redisCommandCounts(client: TestClient): Promise<Readonly<Record<string, number>>> {
  const text = await client.info("commandstats");
  const lines = [...text.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)];
  return Object.fromEntries(lines.map(([, name, calls]) => [name, Number(calls)]));
}

/** How many connections the server has taken since it started. */
export async function redisConnectionCount(client: TestClient): Promise<number> {
  const text = await client.info("stats");
  return Number(/^total_connections_received:(\d+)/m.exec(text)?.[1]);
}
