import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, createCluster } from "redis";
import { freePort } from "../../examples/cluster/free-port.js";
import { programIsThere } from "./required-program.js";

/** A file that is started instead of Debian's redis-server, to try another version, or Valkey. */
const otherProgram = process.env["REDIS_SERVER"];

/** Whether there is one to start; see `programIsThere`. */
export function redisIsThere(): boolean {
  return otherProgram !== undefined || programIsThere("redis-server", "redis-server");
}

/** A client of the test's own. */
export type TestClient = ReturnType<typeof testClient>;

/** A Redis server of the tests' own, which they end, freeze and empty. */
export class RedisServer {
  readonly port: number;
  /** With the password, where it has one. */
  readonly url: string;
  readonly #folder: string;
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, options: readonly string[], password: string) {
    this.port = port;
    this.url = `redis://${password === "" ? "" : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`;
    this.#folder = folder;
    this.#options = options;
  }

  /**
   * Starts one, without data.
   *
   * @param isDurable false keeps everything in memory.
   * @param password what clients must know, and it says to its own master.
   * @param more options of the command line.
   */
  static async start({
    isDurable = true,
    password = "",
    more = [],
  }: {
    readonly isDurable?: boolean;
    readonly password?: string;
    readonly more?: readonly string[];
  } = {}): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), "direct-push-redis-"));
    const durable = isDurable ? ["--appendonly", "yes", "--appendfsync", "always"] : [];
    const secret = password === "" ? [] : ["--requirepass", password, "--masterauth", password];
    const server = new RedisServer(await freePort(), folder, [...durable, ...secret, ...more], password);
    await server.start();
    return server;
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
      ...this.#options,
    ];
    const process = spawn(otherProgram ?? "redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
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

/** How a {@link testClient} is told from others, and how long it waits before it comes back. */
export interface TestClientOptions {
  readonly name?: string;
  readonly reconnectMs?: number;
}

/** A client that comes back quickly and whose errors are its own. */
export function testClient(url: string, { name, reconnectMs = 50 }: TestClientOptions = {}) {
  const named = name === undefined ? {} : { name };
  const client = createClient({ url, ...named, socket: { reconnectStrategy: reconnectMs } });
  client.on("error", () => undefined);
  return client;
}

/** A connected {@link testClient}. */
export async function connectedClient(url: string): Promise<TestClient> {
  const client = testClient(url);
  await client.connect();
  return client;
}

/** A client of a Redis Cluster that its nodes' URLs lead to, or of a single Redis. */
export async function connectedTo(urls: readonly string[]): Promise<TestClient | TestClusterClient> {
  const [url = "", ...more] = urls;
  return more.length === 0 ? await connectedClient(url) : await connectedCluster(urls);
}

/** A client of a cluster, whose nodes' connections come back quickly. */
export type TestClusterClient = ReturnType<typeof testClusterClient>;

function testClusterClient(urls: readonly string[]) {
  const cluster = createCluster({
    rootNodes: urls.map((url) => ({ url })),
    defaults: { disableOfflineQueue: true, socket: { reconnectStrategy: 50 } },
  });
  cluster.on("error", () => undefined);
  return cluster;
}

/** A connected client of a cluster. */
export async function connectedCluster(urls: readonly string[]): Promise<TestClusterClient> {
  const cluster = testClusterClient(urls);
  await cluster.connect();
  return cluster;
}
