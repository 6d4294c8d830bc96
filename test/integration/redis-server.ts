import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { freePort } from "./free-port.js";

/** A client of the test's own. */
export type TestClient = ReturnType<typeof testClient>;

/** A Redis server of the tests' own, which they end, freeze and empty. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  /** Starts one, without data. */
  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), "direct-push-redis-")));
    await server.start();
    return server;
  }

  /** Where it is. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it with the data that is there: all that it has answered, which a fsync every second would not promise. */
  async start(): Promise<void> {
    const options = [
      "--enable-debug-command",
      "yes",
      "--port",
      `${this.port}`,
      "--bind",
      "127.0.0.1",
      "--dir",
      this.#folder,
      "--save",
      "",
    ];
    const process = spawn("redis-server", [...options, "--appendonly", "yes", "--appendfsync", "always"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#process = process;
    await new Promise<void>((resolve, reject) => {
      process.once("exit", () => reject(new Error("redis-server ended")));
      process.stdout?.on("data", (chunk: Buffer) => {
        if (chunk.includes("Ready to accept connections")) resolve();
      });
    });
  }

  /** Lets it stand still, its connections open. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  /** Ends {@link pause}. */
  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined || process.exitCode !== null) return;
    const ended = once(process, "exit");
    process.kill("SIGKILL");
    await ended;
  }

  /** Removes what it has stored, while it is not running. */
  async forget(): Promise<void> {
    await rm(join(this.#folder, "appendonlydir"), { recursive: true, force: true });
  }

  /** Ends it and removes everything. */
  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A client that comes back quickly and whose errors are its own. */
export function testClient(url: string) {
  const client = createClient({ url, socket: { reconnectStrategy: 50 } });
  client.on("error", () => undefined);
  return client;
}

/** A connected {@link testClient}. */
export async function connectedClient(url: string): Promise<TestClient> {
  const client = testClient(url);
  await client.connect();
  return client;
}
