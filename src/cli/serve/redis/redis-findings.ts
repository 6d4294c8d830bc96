import type { Finding } from "../check/finding.js";
import type { RedisInformation } from "./redis-client.js";

/**
 * What there is to say of a Redis, or of a Redis Cluster.
 *
 * @param masters what each master tells of itself.
 */
export function redisFindings(place: string, masters: readonly RedisInformation[]): readonly Finding[] {
  const isCluster = masters.some((information) => information.get("cluster_enabled") === "1");
  const whole = isCluster
    ? `a Redis Cluster of ${masters.length} masters (${names(masters)})`
    : names(masters);
  return [
    { isWell: true, text: `the state in ${whole} at ${place}` },
    ...(isCluster ? replicaFindings(masters) : []),
    ...evictionFindings(masters),
    ...durabilityFindings(masters),
  ];
}

function names(masters: readonly RedisInformation[]): string {
  return [...new Set(masters.map(nameOf))].sort().join(", ");
}

function nameOf(information: RedisInformation): string {
  const version = information.get("valkey_version") ?? information.get("redis_version") ?? "?";
  return `${information.has("valkey_version") ? "Valkey" : "Redis"} ${version}`;
}

/** Whose master is away cannot be served: nobody else has their state. */
function replicaFindings(masters: readonly RedisInformation[]): readonly Finding[] {
  const alone = masters.filter((information) => information.get("connected_slaves") === "0").length;
  if (alone === 0) return [];
  const text = `${alone} of ${masters.length} masters have no replica that would take over: while one is away, its phones are told to come back later`;
  return [{ isWell: true, text }];
}

/** A device whose keys were evicted loads everything again, so nothing must be. Without a limit nothing is. */
function evictionFindings(masters: readonly RedisInformation[]): readonly Finding[] {
  const evicting = masters
    .filter((information) => information.get("maxmemory") !== "0")
    .map((information) => information.get("maxmemory_policy") ?? "noeviction")
    .filter((policy) => policy !== "noeviction");
  if (evicting.length === 0) return [];
  const policies = [...new Set(evicting)].sort().join(", ");
  const text = `Redis evicts keys when its memory is full (maxmemory-policy ${policies}): set noeviction`;
  return [{ isWell: false, text }];
}

function durabilityFindings(masters: readonly RedisInformation[]): readonly Finding[] {
  if (!masters.some((information) => information.get("aof_enabled") === "0")) return [];
  const text =
    "Redis has no append-only file (appendonly no): after a crash of it phones may load folders again";
  return [{ isWell: true, text }];
}
