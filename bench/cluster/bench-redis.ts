import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { freePort } from "../../examples/cluster/free-port.js";

/** What Redis did since its start. */
export interface RedisUsage {
  /** Commands of clients and of scripts, by name. */
  readonly calls: ReadonlyMap<string, number>;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly usedMemory: number;
  readonly connections: number;
  /** CPU time, in seconds. */
  readonly cpuSeconds: number;
}

type Admin = ReturnType<typeof makeAdmin>;

function makeAdmin(url: string) {
  const admin = createClient({ url });
  admin.on("error", () => undefined);
  return admin;
}

/** A Redis of the bench's own. */
export class BenchRedis {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #admin: Admin;

  private constructor(url: string, child: ChildProcess, folder: string, admin: Admin) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
    this.#admin = admin;
  }

  static async start(): Promise<BenchRedis> {
    const folder = mkdtempSync(join(tmpdir(), "direct-push-bench-redis-"));
    const port = await freePort();
    const where = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
    const child = spawn("redis-server", [...where, "--save", "", "--appendonly", "yes"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => reject(new Error("redis-server ended")));
      child.stdout.on("data", (chunk: Buffer) => {
        if (chunk.includes("Ready to accept connections")) resolve();
      });
    });
    const url = `redis://127.0.0.1:${port}`;
    const admin = makeAdmin(url);
    await admin.connect();
    return new BenchRedis(url, child, folder, admin);
  }

  async usage(): Promise<RedisUsage> {
    const text = [await this.#admin.info(), await this.#admin.info("commandstats")].join("");
    const lines = text.split("\r\n").map((line): [string, string] => {
      const [name = "", value = ""] = line.split(":");
      return [name, value];
    });
    const values = new Map(lines);
    const number = (name: string): number => Number(values.get(name));
    const calls = lines.flatMap(([name, value]): [string, number][] =>
      name.startsWith("cmdstat_") ? [[name.slice(8), Number(/calls=(\d+)/.exec(value)?.[1])]] : [],
    );
    return {
      calls: new Map(calls),
      bytesIn: number("total_net_input_bytes"),
      bytesOut: number("total_net_output_bytes"),
      usedMemory: number("used_memory"),
      connections: number("connected_clients"),
      cpuSeconds: number("used_cpu_user") + number("used_cpu_sys"),
    };
  }

  /** Bytes of what is kept for a phone, beyond the state of its items, which is thrown away. */
  async bytesBeyondItems(phone: number): Promise<number> {
    const hash = `direct-push:{u${phone}/D${phone}}`;
    const items = (await this.#admin.hKeys(hash)).filter((field) => /^(known|collection)\//.test(field));
    if (items.length > 0) await this.#admin.hDel(hash, items);
    // The claim of its Ping lies in one of 64 parts.
    const claims = await Promise.all(
      Array.from({ length: 64 }, (_, part) =>
        this.#admin.memoryUsage(`direct-push:claim:{${part}}:u${phone} D${phone} Ping`, { SAMPLES: 0 }),
      ),
    );
    const claim = claims.reduce<number>((sum, bytes) => sum + Number(bytes ?? 0), 0);
    return claim + Number(await this.#admin.memoryUsage(hash, { SAMPLES: 0 }));
  }

  async close(): Promise<void> {
    this.#admin.destroy();
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** How often each command was called between two looks; those that were not are left out. */
export function callsBetween(before: RedisUsage, after: RedisUsage): ReadonlyMap<string, number> {
  const calls = [...after.calls].map(
    ([name, count]) => [name, count - (before.calls.get(name) ?? 0)] as const,
  );
  return new Map(calls.filter(([, count]) => count > 0));
}
