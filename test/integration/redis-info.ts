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

/** A connection that the server has. */
export interface RedisConnectionInfo {
  readonly id: string;
  readonly name: string;
  /** Whether it is that of the client which asks. */
  readonly isOwn: boolean;
}

/** The connections that the server has now. */
export async function redisConnections(client: TestClient): Promise<RedisConnectionInfo[]> {
  const [own, list] = await Promise.all([
    client.sendCommand(["CLIENT", "ID"]),
    client.sendCommand(["CLIENT", "LIST"]),
  ]);
  return [...String(list).matchAll(/^id=(\d+) .*? name=(\S*) /gm)].map(([, id = "", name = ""]) => {
    return { id, name, isOwn: id === String(own) };
  });
}
