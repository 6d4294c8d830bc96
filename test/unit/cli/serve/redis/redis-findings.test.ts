import { describe, expect, it } from "vitest";
import { redisFindings } from "../../../../../src/cli/serve/redis/redis-findings.js";

const place = "redis://redis.example.com";

function findings(...masters: readonly Record<string, string>[]) {
  return redisFindings(
    place,
    masters.map((information) => new Map(Object.entries(information))),
  );
}

it("names what it is", () => {
  expect(findings({ redis_version: "7.0.15", aof_enabled: "1" })).toEqual([
    { isWell: true, text: `the state in Redis 7.0.15 at ${place}` },
  ]);
  expect(findings({ redis_version: "7.2.4", valkey_version: "8.1.0" })).toEqual([
    { isWell: true, text: `the state in Valkey 8.1.0 at ${place}` },
  ]);
});

it("finds fault with keys that are evicted", () => {
  const [, fault] = findings({ maxmemory: "1000000", maxmemory_policy: "allkeys-lru" });
  expect(fault).toEqual({ isWell: false, text: expect.stringContaining("set noeviction") });
  expect(findings({ maxmemory: "0", maxmemory_policy: "allkeys-lru" })).toHaveLength(1);
  expect(findings({ maxmemory: "1000000", maxmemory_policy: "noeviction" })).toHaveLength(1);
});

it("says what a crash costs without an append-only file", () => {
  expect(findings({ aof_enabled: "0" })[1]).toMatchObject({
    isWell: true,
    text: expect.stringContaining("appendonly"),
  });
});

describe("a cluster", () => {
  const master = { cluster_enabled: "1", redis_version: "7.0.15", connected_slaves: "1" };

  it("is named with its masters", () => {
    expect(findings(master, master, { ...master, redis_version: "7.2.4" })).toEqual([
      {
        isWell: true,
        text: `the state in a Redis Cluster of 3 masters (Redis 7.0.15, Redis 7.2.4) at ${place}`,
      },
    ]);
  });

  it("is looked at master by master", () => {
    const evicting = { ...master, maxmemory: "1000000", maxmemory_policy: "allkeys-lru" };
    expect(findings(master, evicting, { ...master, aof_enabled: "0" }).slice(1)).toEqual([
      { isWell: false, text: expect.stringContaining("allkeys-lru") },
      { isWell: true, text: expect.stringContaining("appendonly") },
    ]);
  });

  it("should have replicas", () => {
    expect(findings(master, { ...master, connected_slaves: "0" })[1]).toEqual({
      isWell: true,
      text: expect.stringContaining("1 of 2 masters have no replica"),
    });
  });
});
