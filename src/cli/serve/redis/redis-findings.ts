import type { Finding } from "../check/finding.js";

/** What there is to say of a Redis, by what it tells of itself (`INFO`). */
export function redisFindings(place: string, information: ReadonlyMap<string, string>): readonly Finding[] {
  const version = information.get("valkey_version") ?? information.get("redis_version") ?? "?";
  const name = information.has("valkey_version") ? "Valkey" : "Redis";
  return [
    { isWell: true, text: `the state in ${name} ${version} at ${place}` },
    ...evictionFindings(information),
    ...durabilityFindings(information),
  ];
}

/** A device whose keys were evicted loads everything again, so nothing must be. Without a limit nothing is. */
function evictionFindings(information: ReadonlyMap<string, string>): readonly Finding[] {
  const policy = information.get("maxmemory_policy");
  if (policy === undefined || policy === "noeviction" || information.get("maxmemory") === "0") return [];
  const text = `Redis evicts keys when its memory is full (maxmemory-policy ${policy}): set noeviction`;
  return [{ isWell: false, text }];
}

function durabilityFindings(information: ReadonlyMap<string, string>): readonly Finding[] {
  if (information.get("aof_enabled") !== "0") return [];
  const text =
    "Redis has no append-only file (appendonly no): after a crash of it phones may load folders again";
  return [{ isWell: true, text }];
}
