import { join } from "node:path";
import { OrderedProcess } from "../held/process.js";
import { BenchRedis } from "./bench-redis.js";
import type { ClusterPhonesOrder, NodeOrder } from "./messages.js";

/** Longest wait without one more held Ping. */
const patienceMs = 60_000;

/** A server process of the bench. */
export interface BenchNode {
  readonly process: OrderedProcess<NodeOrder>;
  readonly port: number;
}

/** Processes that are one server over one Redis, and processes that play the phones, as many of these as there were of those. */
export class BenchCluster {
  readonly redis: BenchRedis;
  readonly phones: number;
  readonly #build: string;
  readonly #processes: number;
  nodes: readonly BenchNode[] = [];
  players: readonly OrderedProcess<ClusterPhonesOrder>[] = [];
  /** How many mails each phone's user has. */
  readonly #delivered = new Map<number, number>();

  private constructor(redis: BenchRedis, build: string, phones: number, processes: number) {
    this.redis = redis;
    this.#build = build;
    this.phones = phones;
    this.#processes = processes;
  }

  /** @param phones are divided among the processes. */
  static async start(build: string, phones: number, processes: number): Promise<BenchCluster> {
    const cluster = new BenchCluster(await BenchRedis.start(), build, phones, processes);
    try {
      for (let count = 0; count < processes; count++) {
        await cluster.add();
        const player = new OrderedProcess<ClusterPhonesOrder>(join(build, "phones.js"), []);
        await player.ready;
        cluster.players = [...cluster.players, player];
      }
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Adds a server process, which knows of all mail. */
  async add(): Promise<BenchNode> {
    const process = new OrderedProcess<NodeOrder>(join(this.#build, "node.js"), [
      this.redis.url,
      String(this.closeSpreadMs),
    ]);
    const node = { process, port: Number(await process.ready) };
    const phones = [...this.#delivered].flatMap(([phone, count]) =>
      Array.from({ length: count }, () => phone),
    );
    const known = process.ask({ kind: "deliver", phones });
    // From here on it gets every mail, each after those that it is just being told of.
    this.nodes = [...this.nodes, node];
    await known;
    return node;
  }

  /** Ends a server process as an update does, and takes it out. */
  async end(node: BenchNode): Promise<void> {
    this.nodes = this.nodes.filter((other) => other !== node);
    await node.process.ask({ kind: "close" });
    await node.process.stop();
  }

  /** Three milliseconds for each phone of a process: what this machine can take in elsewhere. */
  get closeSpreadMs(): number {
    return Math.min(60_000, Math.max(5_000, Math.round((this.phones / this.#processes) * 3)));
  }

  get ports(): readonly number[] {
    return this.nodes.map(({ port }) => port);
  }

  /** Runs something for each process that plays phones: its own phones are the numbers from `from` on. */
  async forEachPlayer(
    work: (
      player: OrderedProcess<ClusterPhonesOrder>,
      from: number,
      phones: number,
      at: number,
    ) => Promise<unknown>,
  ): Promise<void> {
    const share = this.phones / this.players.length;
    await Promise.all(this.players.map((player, at) => work(player, at * share, share, at)));
  }

  playerOf(phone: number): OrderedProcess<ClusterPhonesOrder> {
    return this.players[
      Math.floor(phone / (this.phones / this.players.length))
    ] as OrderedProcess<ClusterPhonesOrder>;
  }

  /** The process that holds a phone's first Ping. */
  holderOf(phone: number): BenchNode {
    return this.node(phone);
  }

  /** Each in turn. */
  node(at: number): BenchNode {
    return this.nodes[at % this.nodes.length] as BenchNode;
  }

  /** A mail arrives for each: all processes have it, and none tells of it yet. */
  async deliver(phones: readonly number[]): Promise<void> {
    for (const phone of phones) this.#delivered.set(phone, (this.#delivered.get(phone) ?? 0) + 1);
    await Promise.all(this.nodes.map(({ process }) => process.ask({ kind: "deliver", phones })));
  }

  /** When each phone had its last answer; NaN where it had none. */
  arrivals(phones: readonly number[]): Promise<number[]> {
    return this.#timesOf(phones, (own) => ({ kind: "arrivals", phones: own }));
  }

  /** When each phone, since it goes on, had a Sync that brought something; NaN where it had none. */
  synced(phones: readonly number[]): Promise<number[]> {
    return this.#timesOf(phones, (own) => ({ kind: "synced", phones: own }));
  }

  /** Each phone sends another Ping to the port. @returns when. */
  pingAnew(phones: readonly number[], port: number, gapMs: number): Promise<number[]> {
    return this.#timesOf(phones, (own) => ({ kind: "ping-anew", phones: own, port, gapMs }));
  }

  /** Asks the process that plays each phone. */
  async #timesOf(
    phones: readonly number[],
    order: (own: readonly number[]) => ClusterPhonesOrder,
  ): Promise<number[]> {
    const times = new Map<number, number>();
    await this.forEachPlayer(async (player, from, count) => {
      const own = phones.filter((phone) => phone >= from && phone < from + count);
      if (own.length === 0) return;
      const answer = (await player.ask(order(own))) as (number | null)[];
      for (const [at, phone] of own.entries()) times.set(phone, answer[at] ?? Number.NaN);
    });
    return phones.map((phone) => times.get(phone) ?? Number.NaN);
  }

  async held(): Promise<number> {
    const counts = await Promise.all(this.nodes.map(({ process }) => process.number({ kind: "held" })));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Waits until so many are held. @throws where that does not come nearer for a minute. */
  async untilHeld(count: number): Promise<void> {
    let most = -1;
    let grownAt = performance.now();
    for (;;) {
      const held = await this.held();
      if (held >= count) return;
      if (held > most) {
        most = held;
        grownAt = performance.now();
      } else if (performance.now() - grownAt > patienceMs) {
        throw new Error(`${held} Pings are held, and not ${count}`);
      }
      await pause(50);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.nodes.map(({ process }) => process), ...this.players].map((process) => process.stop()),
    );
    await this.redis.close();
  }
}

/** Resolves after some time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
