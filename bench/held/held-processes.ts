import { join } from "node:path";
import type { HostName } from "./hosts.js";
import type { PhonesOrder, ServerMode, ServerOrder } from "./messages.js";
import { OrderedProcess } from "./process.js";

/** A small young generation, as docs/deploying.md advises: more collections of garbage, each of them shorter. */
const advisedNodeFlags: readonly string[] = ["--max-semi-space-size=8"];

/** How much is measured. */
export interface HeldScale {
  /** The folder of the compiled processes. */
  readonly build: string;
  /** The Node that runs the measured server: its executable. This one by default. */
  readonly node?: string;
  /** The flags of that Node, on the bare side as on the other: what docs/deploying.md advises by default. */
  readonly nodeFlags?: readonly string[];
  readonly phones: number;
  /** Phones that are held and woken before anything is measured, so that the code is compiled. */
  readonly warmPhones: number;
  readonly idleSeconds: number;
  readonly wakes: number;
  /** How often all are woken. */
  readonly wakesOfAll: number;
  readonly turnPhones: number;
  readonly turnSeconds: number;
  /** The library's option of that name: 0 by default, because its waiting is no cost. */
  readonly gatherMs?: number;
}

/** A server and its phones, each in a process of its own. */
export class HeldProcesses {
  readonly server: OrderedProcess<ServerOrder>;
  readonly phones: OrderedProcess<PhonesOrder>;
  readonly #scale: HeldScale;
  #port = 0;

  private constructor(host: HostName, mode: ServerMode, scale: HeldScale) {
    const { build, node, nodeFlags = advisedNodeFlags, gatherMs = 0 } = scale;
    const args = [host, mode, String(gatherMs)];
    this.server = new OrderedProcess(join(build, "server.js"), args, node, nodeFlags);
    this.phones = new OrderedProcess(join(build, "phones.js"), []);
    this.#scale = scale;
  }

  /** Starts both, and holds and wakes some phones that count for nothing. */
  static async start(host: HostName, mode: ServerMode, scale: HeldScale): Promise<HeldProcesses> {
    const started = new HeldProcesses(host, mode, scale);
    try {
      const [port] = await Promise.all([started.server.ready, started.phones.ready]);
      started.#port = Number(port);
      await started.#warmUp();
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  get port(): number {
    return this.#port;
  }

  /** Does for all phones what comes before their Pings. */
  async prime(): Promise<void> {
    await this.server.ask({ kind: "prime", from: 0, phones: this.#scale.phones });
  }

  /** Lets all phones, once primed, sync what came since. */
  async catchUp(): Promise<void> {
    await this.server.ask({ kind: "catch-up", from: 0, phones: this.#scale.phones });
  }

  /** Connects all phones; returns when all their Pings are held. */
  async hold(): Promise<void> {
    await this.#hold(0, this.#scale.phones);
  }

  /** Ends the connections of all phones. */
  async letGo(): Promise<void> {
    await this.phones.ask({ kind: "disconnect", from: 0, phones: this.#scale.phones });
  }

  /** Ends both processes. */
  async stop(): Promise<void> {
    await Promise.all([this.server.stop(), this.phones.stop()]);
  }

  async #warmUp(): Promise<void> {
    const { phones: from, warmPhones: phones } = this.#scale;
    await this.server.ask({ kind: "prime", from, phones });
    await this.#hold(from, phones);
    await this.server.ask({ kind: "wake-each", from, phones });
    await this.phones.ask({ kind: "all-arrived", phones });
    await this.phones.ask({ kind: "disconnect", from, phones });
  }

  async #hold(from: number, phones: number): Promise<void> {
    const held = (await this.server.number({ kind: "held" })) + phones;
    await this.phones.ask({ kind: "connect", port: this.#port, from, phones });
    while ((await this.server.number({ kind: "held" })) < held) await pause(50);
  }
}

/** Gives started processes to `measure` and ends them, whatever comes of it. */
export async function withProcesses<T>(
  host: HostName,
  modes: readonly ServerMode[],
  scale: HeldScale,
  measure: (processes: readonly HeldProcesses[]) => Promise<T>,
): Promise<T> {
  const started: HeldProcesses[] = [];
  try {
    for (const mode of modes) started.push(await HeldProcesses.start(host, mode, scale));
    return await measure(started);
  } finally {
    await Promise.all(started.map((processes) => processes.stop()));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
