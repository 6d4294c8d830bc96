import { expect, it } from "vitest";
import { redisFindings } from "../../../../../src/cli/serve/redis/redis-findings.js";

const place = "redis://redis.example.com";

function findings(information: Record<string, string>) {
  return redisFindings(place, new Map(Object.entries(information)));
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
