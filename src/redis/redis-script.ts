import { createHash } from "node:crypto";
import type { RedisConnection } from "./redis-connection.js";

/** A script that runs in one step on the server: by its hash, which the server knows from the first time on. */
export class RedisScript {
  readonly #text: string;
  readonly #sha1: string;

  constructor(text: string) {
    this.#text = text;
    this.#sha1 = createHash("sha1").update(text).digest("hex");
  }

  /** Runs it; a server that does not know it yet, or not any more, gets it as a whole. */
  async run(client: RedisConnection, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const input = { keys: [...keys], arguments: [...args] };
    try {
      return await client.evalSha(this.#sha1, input);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return client.eval(this.#text, input);
    }
  }
}
