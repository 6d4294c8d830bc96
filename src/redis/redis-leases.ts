import createDebug from "debug";
import { Listeners } from "../relay/listeners.js";
import type { RedisConnection } from "./redis-connection.js";
import { partOf } from "./redis-options.js";
import { RedisScript } from "./redis-script.js";

const debug = createDebug("direct-push:redis");

/** What nobody asked for in this time is forgotten; a second watch of one mailbox is the worst that comes of it. */
const leaseLifeMs = 30 * 86_400_000;

/** Takes the name unless another process has it, which may be one that is known to be gone. */
const leaseScript = new RedisScript(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] and owner ~= ARGV[2] then return owner end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ${leaseLifeMs})
return ARGV[1]`);

const releaseScript = new RedisScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0`);

const presentScript = new RedisScript(`return redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])`);

/** What {@link RedisLeases} work with. */
export interface RedisLeasesOptions {
  readonly client: RedisConnection;
  readonly prefix: string;
  readonly id: string;
  /** After what time without a sign of life a process is gone, in milliseconds. */
  readonly goneAfterMs: number;
}

/**
 * Names that processes have for as long as they live. A process shows that it lives by one key, whatever the number of its names, and looks
 * whether those live whose names it asked for in vain.
 */
export class RedisLeases {
  readonly departures: Listeners<[id: string]> = new Listeners();
  readonly #options: RedisLeasesOptions;
  readonly #owners = new Set<string>();
  #present: Promise<unknown> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RedisLeasesOptions) {
    this.#options = options;
  }

  /** See `Relay.lease`. */
  async lease(name: string): Promise<string> {
    await this.#showUp();
    const { client, id } = this.#options;
    const owner = String(await leaseScript.run(client, [this.#keyOf(name)], [id, ""]));
    if (owner === id || (await this.#lives(owner))) return owner;
    return String(await leaseScript.run(client, [this.#keyOf(name)], [id, owner]));
  }

  /** See `Relay.release`. */
  async release(name: string): Promise<void> {
    await releaseScript.run(this.#options.client, [this.#keyOf(name)], [this.#options.id]);
  }

  /** Shows that this process lives, if it has names: what the others know of that may be lost. */
  renew(): void {
    if (this.#present !== undefined) void this.#look();
  }

  /** Ends it: the others see at once that this process is gone. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const { client, id } = this.#options;
    if (this.#present !== undefined && client.isReady) await client.del(this.#presenceOf(id));
  }

  async #showUp(): Promise<void> {
    this.#present ??= this.#sayPresent();
    try {
      await this.#present;
    } catch (error) {
      this.#present = undefined;
      throw error;
    }
    this.#timer ??= setInterval(() => void this.#look(), this.#options.goneAfterMs / 3).unref();
  }

  #sayPresent(): Promise<unknown> {
    const { client, id, goneAfterMs } = this.#options;
    return presentScript.run(client, [this.#presenceOf(id)], [String(goneAfterMs)]);
  }

  async #lives(owner: string): Promise<boolean> {
    if (this.#owners.has(owner)) return true;
    const isThere = typeof (await this.#options.client.get(this.#presenceOf(owner))) === "string";
    if (isThere) this.#owners.add(owner);
    return isThere;
  }

  async #look(): Promise<void> {
    const { client } = this.#options;
    if (!client.isReady) return;
    const owners = [...this.#owners];
    try {
      const asked = owners.length === 0 ? [] : client.mGet(owners.map((owner) => this.#presenceOf(owner)));
      const [present] = await Promise.all([asked, this.#sayPresent()]);
      owners.forEach((owner, index) => {
        if (typeof present[index] === "string" || !this.#owners.delete(owner)) return;
        this.departures.tell(owner);
      });
    } catch (error) {
      debug("could not look who is there: %O", error);
    }
  }

  #keyOf(name: string): string {
    return `${this.#options.prefix}lease:{${partOf(name)}}:${name}`;
  }

  #presenceOf(id: string): string {
    return `${this.#options.prefix}present:{present}:${id}`;
  }
}
