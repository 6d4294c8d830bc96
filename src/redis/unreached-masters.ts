import { setTimeout as pause } from "node:timers/promises";
import createDebug from "debug";
import type { RedisConnection } from "./redis-connection.js";

const debug = createDebug("direct-push:redis");

/** A master that was never reached is waited for this long at least, and twice as long at most. */
const waitMs = 1_000;

const lookedAfter = new WeakSet<RedisConnection>();

/**
 * Lets the client of a Redis Cluster give up a master that it has never reached, and look for the masters anew. By itself it waits for that one
 * and looks for no other meanwhile: where it heard of a failover only when the new master was gone as well, it would not hear of the next one
 * before that master is back. Does nothing to other clients, nor to one that is looked after already.
 */
export function giveUpUnreachedMasters(client: RedisConnection): void {
  if (client.masters === undefined || lookedAfter.has(client)) return;
  lookedAfter.add(client);
  const search = new MasterSearch(client);
  client.on("node-reconnecting", () => void search.run());
}

class MasterSearch {
  readonly #cluster: RedisConnection;
  #isRunning = false;
  #isLooking = false;
  #isMissing = false;

  constructor(cluster: RedisConnection) {
    this.#cluster = cluster;
  }

  /** Goes on until no master is waited for. */
  async run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    let waitedFor = this.#unreached();
    while (waitedFor.size > 0 || this.#isLooking || (this.#isMissing && this.#cluster.isReady)) {
      await pause(waitMs, undefined, { ref: false });
      this.#giveUp(waitedFor);
      if (this.#isMissing) void this.#look();
      waitedFor = this.#unreached();
    }
    this.#isRunning = false;
  }

  /** Ends those that are still waited for. */
  #giveUp(waitedFor: ReadonlySet<object>): void {
    for (const connection of this.#unreached()) {
      if (!waitedFor.has(connection)) continue;
      debug("a master that was never reached is given up");
      this.#isMissing = true;
      connection.destroy();
    }
  }

  /** Asks for the masters; while one of those that are told of is waited for, this waits as well. */
  async #look(): Promise<void> {
    if (this.#isLooking || !this.#cluster.isReady) return;
    this.#isLooking = true;
    const slots: unknown = Reflect.get(this.#cluster, "_slots");
    try {
      if (hasRediscover(slots)) await slots.rediscover();
      this.#isMissing = false;
    } catch (error) {
      debug("the masters are not found: %O", error);
    }
    this.#isLooking = false;
  }

  /** The connections to masters that were begun and have not come about yet. */
  #unreached(): Set<{ destroy(): void }> {
    const waiting = (this.#cluster.masters ?? []).filter(
      ({ connectPromise }) => connectPromise !== undefined,
    );
    return new Set(waiting.flatMap(({ client }) => client ?? []));
  }
}

function hasRediscover(slots: unknown): slots is { rediscover(): Promise<void> } {
  return (
    typeof slots === "object" && slots !== null && typeof Reflect.get(slots, "rediscover") === "function"
  );
}
