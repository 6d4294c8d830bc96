import { type BenchCluster, pause } from "./bench-cluster.js";
import type { PhoneFates } from "./messages.js";
import type { PhonePool } from "./phone-pool.js";

/** What a restart of all processes, one after the other, does to phones. */
export interface RollingRestart {
  readonly seconds: number;
  /** From each mail that a process was told of to the Sync that brought it, in milliseconds. */
  readonly waitsMs: readonly number[];
  /** Mails that did not reach their phone. */
  readonly missing: number;
  readonly fates: Omit<PhoneFates, "waiting">;
}

const tickMs = 100;
/** Longest wait for the last mails. */
const patienceMs = 60_000;

/**
 * Replaces each process: the new one is started first, the old one gets no new phones, answers those that it has, and ends. Mail comes in all
 * the while, at most one for each phone.
 */
export async function measureRollingRestart(
  cluster: BenchCluster,
  pool: PhonePool,
  mailsPerSecond: number,
): Promise<RollingRestart> {
  await askPlayers(cluster, "go-on");
  await cluster.untilHeld(cluster.phones);
  const mail = new MailStream(cluster, pool.takeRest(), mailsPerSecond);
  const before = await fatesOf(cluster);
  const startedAt = performance.now();
  for (const old of cluster.nodes) {
    await cluster.add();
    await askPlayers(
      cluster,
      "ports",
      cluster.ports.filter((port) => port !== old.port),
    );
    await cluster.end(old);
    await cluster.untilHeld(cluster.phones - mail.perTick);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const told = await mail.end();
  const waitsMs = await waits(cluster, told);
  const after = await fatesOf(cluster);
  return {
    seconds,
    waitsMs,
    missing: told.size - waitsMs.length,
    fates: {
      broken: after.broken - before.broken,
      refused: after.refused - before.refused,
      sentAway: after.sentAway - before.sentAway,
      turnedAway: after.turnedAway - before.turnedAway,
    },
  };
}

/** Mails that arrive at a steady rate, each told by another process. */
class MailStream {
  readonly perTick: number;
  readonly #cluster: BenchCluster;
  readonly #phones: number[];
  readonly #told = new Map<number, number>();
  readonly #running: Promise<void>;
  #isOver = false;
  #turn = 0;

  constructor(cluster: BenchCluster, phones: number[], perSecond: number) {
    this.#cluster = cluster;
    this.#phones = phones;
    this.perTick = Math.ceil((perSecond * tickMs) / 1_000);
    this.#running = this.#run();
  }

  /** When each mail was told, by its phone. */
  async end(): Promise<ReadonlyMap<number, number>> {
    this.#isOver = true;
    await this.#running;
    return this.#told;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const phones = this.#phones.splice(0, this.perTick);
      if (phones.length === 0) return;
      await this.#cluster.deliver(phones);
      const { process } = this.#cluster.node(this.#turn++);
      const times = (await process.ask({ kind: "publish", phones, gapMs: 1 })) as number[];
      for (const [at, phone] of phones.entries()) this.#told.set(phone, times[at] as number);
      await pause(tickMs);
    }
  }
}

async function waits(cluster: BenchCluster, told: ReadonlyMap<number, number>): Promise<number[]> {
  const givesUpAt = performance.now() + patienceMs;
  const phones = [...told.keys()];
  for (;;) {
    const synced = await cluster.synced(phones);
    const waited = synced.map((time, at) => (time - (told.get(phones[at] as number) as number)) / 1e6);
    const there = waited.filter((ms) => !Number.isNaN(ms));
    if (there.length === phones.length || performance.now() > givesUpAt) return there;
    await pause(200);
  }
}

async function askPlayers(
  cluster: BenchCluster,
  kind: "go-on" | "ports",
  ports = cluster.ports,
): Promise<void> {
  await cluster.forEachPlayer((player) => player.ask({ kind, ports }));
}

async function fatesOf(cluster: BenchCluster): Promise<PhoneFates> {
  const sum = { broken: 0, refused: 0, sentAway: 0, turnedAway: 0, waiting: 0 };
  await cluster.forEachPlayer(async (player) => {
    const fates = (await player.ask({ kind: "fates" })) as PhoneFates;
    for (const name of Object.keys(sum) as (keyof PhoneFates)[]) sum[name] += fates[name];
  });
  return sum;
}
