import { createClient, SocketTimeoutError } from "redis";
import { expect, it } from "vitest";
import { type RedisConnection, redisRelay } from "../../../src/redis/index.js";

type Strategy = (tries: number, cause: Error) => unknown;

/** What the relay's own connection does after it was lost, by what the client was made with. */
async function strategyOf(socket: {
  reconnectStrategy?: Strategy | number;
}): Promise<Strategy | number | undefined> {
  const client = createClient({ url: "redis://127.0.0.1:1", socket: socket as object });
  let given: { readonly socket?: { readonly reconnectStrategy?: Strategy | number } } = {};
  const duplicate = (overrides: object): never => {
    given = overrides;
    throw new Error("seen");
  };
  const watched = Object.create(client, { duplicate: { value: duplicate } }) as RedisConnection;
  await expect(redisRelay(watched)).rejects.toThrow("seen");
  return given.socket?.reconnectStrategy;
}

it("comes back from silence, as the client by itself would not", async () => {
  const strategy = await strategyOf({});
  if (typeof strategy !== "function") throw new Error("there is no strategy");
  for (const tries of [0, 1, 10, 1_000]) {
    const pauseMs = strategy(tries, new SocketTimeoutError(15_000));
    expect(pauseMs).toBeGreaterThan(0);
    expect(pauseMs).toBeLessThanOrEqual(2_500);
  }
});

it("comes back as the client was told to", async () => {
  expect(await strategyOf({ reconnectStrategy: 50 })).toBe(50);
});
