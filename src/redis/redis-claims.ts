import { randomInt } from "node:crypto";
import { Listeners } from "../relay/listeners.js";
import type { RedisChannels } from "./redis-channels.js";
import type { RedisConnection } from "./redis-connection.js";
import { partCount, partOf } from "./redis-options.js";
import { RedisScript } from "./redis-script.js";

/** Longer than any request is held, twice over. */
const claimLifeMs = 2 * 3_600_000;

/** Counts the name up for a process, and tells the process that had it. */
const claimScript = new RedisScript(`
local former = redis.call('GET', KEYS[1])
local claim = ARGV[2]
if former then
  local space = string.find(former, ' ', 1, true)
  local number = tonumber(string.sub(former, 1, space - 1))
  local owner = string.sub(former, space + 1)
  claim = string.format('%d', number % 2147483647 + 1)
  if owner ~= ARGV[1] then
    redis.call('SPUBLISH', ARGV[3] .. owner, string.format('%d', number) .. ' ' .. ARGV[4])
  end
end
redis.call('SET', KEYS[1], claim .. ' ' .. ARGV[1], 'PX', ${claimLifeMs})
return tonumber(claim)`);

/**
 * Claims of names. A process hears of its own on one channel for each part of the key space, because a script may publish only where its
 * key lies.
 */
export class RedisClaims {
  readonly overtakings: Listeners<[name: string, claim: number]> = new Listeners();
  readonly #client: RedisConnection;
  readonly #prefix: string;
  readonly #id: string;

  constructor(client: RedisConnection, prefix: string, id: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#id = id;
  }

  /** Begins to hear of claims by other processes. */
  async listen(channels: RedisChannels): Promise<void> {
    const hear = (message: string): void => {
      const space = message.indexOf(" ");
      this.overtakings.tell(message.slice(space + 1), Number(message.slice(0, space)));
    };
    const parts = Array.from({ length: partCount }, (_, part) => this.#channelOf(part) + this.#id);
    await Promise.all(parts.map((channel) => channels.add(channel, hear)));
  }

  /** See `Relay.claim`. */
  async claim(name: string): Promise<number> {
    const first = randomInt(1, 2 ** 30);
    const args = [this.#id, String(first), this.#channelOf(partOf(name)), name];
    return Number(await claimScript.run(this.#client, [this.#keyOf(name)], args));
  }

  /** See `Relay.claimed`. */
  claimed(names: readonly string[]): Promise<(number | undefined)[]> {
    return Promise.all(
      names.map(async (name) => {
        const stored = await this.#client.get(this.#keyOf(name));
        return typeof stored === "string" ? Number.parseInt(stored, 10) : undefined;
      }),
    );
  }

  #keyOf(name: string): string {
    return `${this.#prefix}claim:{${partOf(name)}}:${name}`;
  }

  #channelOf(part: number): string {
    return `${this.#prefix}overtaken:{${part}}:`;
  }
}
