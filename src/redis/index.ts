/**
 * Many processes as one server over Redis 7, Valkey or Redis Cluster: where device state lives, and what the processes tell one another
 * through. Needs the package `redis`, whose client is given to it.
 *
 * @packageDocumentation
 */
export type { ClusterMaster, RedisConnection, ScriptInput } from "./redis-connection.js";
export { type RedisRelay, type RedisRelayOptions, redisRelay } from "./redis-relay.js";
export { type RedisStateStoreOptions, redisStateStore } from "./redis-state-store.js";
