import { comeBack } from "./come-back.js";
import type { RedisChannels } from "./redis-channels.js";
import type { RedisConnection } from "./redis-connection.js";

/** A subscribing connection is asked this often whether it still is one, and given up when nothing comes: a dead one would be silent. */
export const pingEveryMs = 5_000;
/** See {@link pingEveryMs}. */
export const silenceMs = 15_000;

/** What a process hears the others through. */
export interface RedisSubscriber {
  /** Whether it hears all that is told. When that changes it says so; what was told meanwhile may be lost. */
  readonly isUp: boolean;
  /** Connects. */
  start(): Promise<void>;
  close(): void;
}

/** The subscriber of a Redis that is no cluster: one connection, which comes back and subscribes anew by itself. */
export class SingleSubscriber implements RedisSubscriber {
  readonly #connection: RedisConnection;
  readonly #channels: RedisChannels;
  readonly #changed: () => void;
  isUp = true;

  /** @param client is duplicated. */
  constructor(client: RedisConnection, channels: RedisChannels, changed: () => void) {
    this.#connection = client.duplicate(subscriberOptions(client));
    this.#channels = channels;
    this.#changed = changed;
    channels.use(this.#connection);
    for (const event of ["error", "reconnecting", "end"]) this.#connection.on(event, this.#lost);
    this.#connection.on("ready", () => void this.#ready());
  }

  async start(): Promise<void> {
    await this.#connection.connect();
  }

  close(): void {
    this.#connection.destroy();
  }

  readonly #lost = (): void => {
    if (!this.isUp || this.#connection.isReady) return;
    this.isUp = false;
    this.#changed();
  };

  async #ready(): Promise<void> {
    await this.#channels.subscribeMissing();
    if (this.isUp || !this.#connection.isReady) return;
    this.isUp = true;
    this.#changed();
  }
}

function subscriberOptions(client: RedisConnection): object {
  const options: unknown = Reflect.get(client, "options");
  if (typeof options !== "object" || options === null) return {};
  const socket: unknown = Reflect.get(options, "socket");
  return {
    disableOfflineQueue: true,
    pingInterval: pingEveryMs,
    socket: {
      // By itself the client does not come back from silence.
      reconnectStrategy: comeBack,
      ...(typeof socket === "object" ? socket : undefined),
      socketTimeout: silenceMs,
    },
  };
}
