import { randomBytes } from "node:crypto";
import { DirectPushError } from "../errors.js";
import type { StateStore, StoredValue } from "../state/state-store.js";
import type { RedisConnection } from "./redis-connection.js";
import { checkedNumber, checkedPrefix } from "./redis-options.js";
import { RedisScript } from "./redis-script.js";
import { giveUpUnreachedMasters } from "./unreached-masters.js";

/** How a {@link redisStateStore} keeps its keys. */
export interface RedisStateStoreOptions {
  /** The beginning of every key; at most 100 characters, no braces. Default `direct-push:`. */
  readonly prefix?: string;
  /** After how many days without a request a device is forgotten, 1 to 3650. Default 180. It then syncs anew. */
  readonly forgetAfterDays?: number;
}

/** What is no device's is not forgotten: no time to live is less. */
const endlessLife = ["-2", "0"] as const;

/** Characters of a version: it stands before the value, and no two writes have the same. */
const versionLength = 8;
const secondsOfDay = 86_400;

/**
 * A device's life is prolonged when an eighth of it is over: once in weeks, not at each request. One that is to be erased, or was, is kept for ever:
 * forgotten, it would come in again as a new one.
 */
const prolong = `
local device = redis.call('HGET', KEYS[1], 'device')
if device and string.find(device, '"wipe":', 1, true) then redis.call('PERSIST', KEYS[1])
elseif redis.call('TTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('EXPIRE', KEYS[1], ARGV[3]) end`;

const readAndProlong = new RedisScript(`
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if stored then${prolong} end
return stored`);

const compareAndSet = new RedisScript(`
local stored = redis.call('HGET', KEYS[1], ARGV[1])
local version = stored and string.sub(stored, 1, ${versionLength}) or ''
if version ~= ARGV[4] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])${prolong}
return 1`);

/**
 * Keeps device state in Redis: one hash for each device, a field for each record, so that a change writes one small field and a device that is not
 * seen any more goes as a whole. Each operation is one round trip, those of one turn of the event loop together are one as well.
 *
 * @param client connected, and closed by whoever made it. On Redis Cluster a device is in one slot.
 * @throws DirectPushError `ERR_OPTION_INVALID` naming the option, the bound and the value.
 */
export function redisStateStore(client: RedisConnection, options: RedisStateStoreOptions = {}): StateStore {
  return new RedisStateStore(client, options);
}

class RedisStateStore implements StateStore {
  readonly #client: RedisConnection;
  readonly #prefix: string;
  /** Field, then from when on a life is prolonged, and to what. */
  readonly #life: readonly [string, string];

  constructor(client: RedisConnection, options: RedisStateStoreOptions) {
    const { prefix = "direct-push:", forgetAfterDays = 180 } = options;
    giveUpUnreachedMasters(client);
    this.#client = client;
    this.#prefix = checkedPrefix(prefix);
    const seconds = checkedNumber("forgetAfterDays", forgetAfterDays, 1, 3_650) * secondsOfDay;
    this.#life = [String(Math.floor((seconds * 7) / 8)), String(seconds)];
  }

  async read(key: string): Promise<StoredValue | undefined> {
    const [hash, field] = this.#place(key);
    this.#assertReady();
    // Each request of a device reads this record: it is what shows that the device is still there.
    const isSeen = field === "device";
    const stored = isSeen
      ? await readAndProlong.run(this.#client, [hash], [field, ...this.#life])
      : await this.#client.hGet(hash, field);
    if (typeof stored !== "string") return undefined;
    return { value: stored.slice(versionLength), version: stored.slice(0, versionLength) };
  }

  async write(key: string, value: string, expectedVersion: string | undefined): Promise<string | undefined> {
    const [hash, field] = this.#place(key);
    this.#assertReady();
    // Drawn, not counted: after a loss of data no writer's old version may be taken for a new one.
    const version = randomBytes((versionLength * 3) / 4).toString("base64url");
    const life = isDevices(key) ? this.#life : endlessLife;
    const args = [field, ...life, expectedVersion ?? "", version + value];
    return (await compareAndSet.run(this.#client, [hash], args)) === 1 ? version : undefined;
  }

  async delete(key: string): Promise<void> {
    const [hash, field] = this.#place(key);
    this.#assertReady();
    await this.#client.hDel(hash, field);
  }

  /** The hash of the device that a key is about, and the field: all fields of a device are in one hash, and so in one slot. */
  #place(key: string): readonly [hash: string, field: string] {
    const [kind, user, device, ...rest] = key.split("/");
    if (device === undefined) return [`${this.#prefix}{${key}}`, ""];
    return [`${this.#prefix}{${user}/${device}}`, [kind, ...rest].join("/")];
  }

  /** The client keeps commands until it is connected again: a phone must rather be told to come back later. */
  #assertReady(): void {
    if (this.#client.isReady) return;
    throw new DirectPushError("ERR_STATE_UNAVAILABLE", "Redis cannot be reached");
  }
}

/** Whether a key is about one device: others are about a user alone. */
function isDevices(key: string): boolean {
  const [, , device] = key.split("/");
  return device !== undefined && device !== "";
}
