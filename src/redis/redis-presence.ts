import type { RedisConnection } from "./redis-connection.js";

/** Whether a client's Redis is there: of a cluster, all nodes that it knows. */
export class RedisPresence {
  readonly #client: RedisConnection;
  readonly #changed: () => void;
  readonly #away = new Set<string>();
  readonly #heard: readonly (readonly [event: string, listener: (...told: unknown[]) => void])[];

  constructor(client: RedisConnection, changed: () => void) {
    this.#client = client;
    this.#changed = changed;
    const lost = (): void => this.#note("", !client.isReady);
    const found = (): void => this.#note("", false);
    const nodeLost = (node: unknown): void => this.#note(JSON.stringify(node), true);
    const nodeFound = (node: unknown): void => this.#note(JSON.stringify(node), false);
    this.#heard = [
      ["error", lost],
      ["reconnecting", lost],
      ["end", lost],
      ["ready", found],
      ["node-reconnecting", nodeLost],
      ["node-ready", nodeFound],
      // One that the cluster has no more.
      ["node-disconnect", nodeFound],
    ];
    for (const [event, listener] of this.#heard) client.on(event, listener);
  }

  /** Whether all is there. */
  get isComplete(): boolean {
    return this.#away.size === 0;
  }

  /** Looks no more. */
  close(): void {
    for (const [event, listener] of this.#heard) this.#client.off(event, listener);
  }

  #note(node: string, isAway: boolean): void {
    if (isAway) this.#away.add(node);
    else this.#away.delete(node);
    this.#changed();
  }
}
