import { type BenchRow, median, quantile } from "../row.js";
import { type LocalAndAcross, measureSuperseding, measureWakes, phonesOfEachProcess } from "./across.js";
import { BenchCluster, pause } from "./bench-cluster.js";
import { callsBetween, type RedisUsage } from "./bench-redis.js";
import { PhonePool } from "./phone-pool.js";
import { measureRedisCosts, type StepCost } from "./redis-cost.js";
import { measureRollingRestart, type RollingRestart } from "./rolling-restart.js";

/** How much is measured. */
export interface ClusterScale {
  /** The folder of the compiled processes. */
  readonly build: string;
  /** Divisible by `processes`. */
  readonly phones: number;
  readonly processes: number;
  /** Of each kind. */
  readonly wakes: number;
  readonly idleSeconds: number;
  readonly mailsPerSecond: number;
}

/** So many wake-ups come first, so that the code is compiled. */
const firstWakes = 100;
/** Phones of one process whose steps are counted one by one. */
const countedPhones = 100;

/** How few phones are enough: each is used once, and some are left to get mail while processes restart. */
export function leastPhones({ wakes, processes }: Pick<ClusterScale, "wakes" | "processes">): number {
  const first = phonesOfEachProcess(Math.min(firstWakes, wakes), processes);
  const taken = first + 2 * phonesOfEachProcess(wakes, processes) + countedPhones;
  return processes * (taken + countedPhones);
}

/** Connection checks, and looking itself. */
const notOfPhones: ReadonlySet<string> = new Set(["ping", "info"]);

/** Measures several processes as one server over Redis. */
export async function benchCluster(scale: ClusterScale): Promise<readonly BenchRow[]> {
  const cluster = await BenchCluster.start(scale.build, scale.phones, scale.processes);
  try {
    const rows: BenchRow[] = [];
    const add = (more: readonly BenchRow[]): void => {
      rows.push(...more);
      for (const { name, value, unit } of more) say(`${name}: ${value} ${unit}`);
    };
    add(await holdAll(cluster, scale));
    add(await whileIdle(cluster, scale));
    const pool = new PhonePool(cluster);
    await measureWakes(cluster, pool, Math.min(firstWakes, scale.wakes));
    add(acrossRows("wake", await measureWakes(cluster, pool, scale.wakes), "<= 3 ms above local", 3));
    add(acrossRows("supersede", await measureSuperseding(cluster, pool, scale.wakes)));
    const costs = await measureRedisCosts(cluster, pool, countedPhones);
    add(costRows("a wake-up", costs.wake));
    add(costRows("a Sync of a mail", costs.sync, 4));
    add(costRows("a Ping until it is held", costs.ping, 3));
    add(rollingRows(await measureRollingRestart(cluster, pool, scale.mailsPerSecond)));
    add([await memoryRow(cluster)]);
    return rows;
  } finally {
    await cluster.stop();
  }
}

async function holdAll(cluster: BenchCluster, { phones }: ClusterScale): Promise<BenchRow[]> {
  const empty = await cluster.redis.usage();
  const setUp = await timed(() =>
    cluster.forEachPlayer(async (player, from, share, at) => {
      const keys = (await cluster.node(at).process.ask({ kind: "set-up", from, phones: share })) as string[];
      await player.ask({ kind: "keys", from, keys });
    }),
  );
  const ready = await cluster.redis.usage();
  const before = await residentBytes(cluster);
  let again = 0;
  const held = await timed(async () => {
    await cluster.forEachPlayer(async (player, from, share) => {
      again += await player.number({ kind: "connect", ports: cluster.ports, from, phones: share });
    });
    await cluster.untilHeld(phones);
  });
  const after = await residentBytes(cluster);
  const full = await cluster.redis.usage();
  return [
    row("held Pings", await cluster.held(), ""),
    row("set-up (FolderSync, two Syncs), of all", phones / setUp, "phones/s"),
    row("Pings taken, of all", phones / held, "/s"),
    row("first Pings that were sent again", again, ""),
    row("RSS of the processes for each held Ping", (after - before) / phones, "B"),
    row("connections to Redis for each process", (full.connections - 1) / cluster.nodes.length, ""),
    row("Redis memory for each phone that is set up", (ready.usedMemory - empty.usedMemory) / phones, "B"),
    row("Redis memory for each held Ping more", (full.usedMemory - ready.usedMemory) / phones, "B"),
    row("Redis CPU for each set-up", perPhone(empty, ready, phones), "us"),
    row("Redis CPU for each Ping that is taken", perPhone(ready, full, phones), "us"),
  ];
}

async function whileIdle(cluster: BenchCluster, { idleSeconds, phones }: ClusterScale): Promise<BenchRow[]> {
  // What followed the last Ping is over.
  await pause(2_000);
  const before = await cluster.redis.usage();
  const shares = await Promise.all(
    cluster.nodes.map(({ process }) => process.number({ kind: "idle-cpu", seconds: idleSeconds })),
  );
  const after = await cluster.redis.usage();
  const calls = [...callsBetween(before, after)].filter(
    ([name]) => !notOfPhones.has(name.split("|")[0] ?? name),
  );
  if (calls.length > 0) say(`while idle: ${JSON.stringify(calls)}`);
  const commands = calls.reduce((sum, [, count]) => sum + count, 0);
  const idleCpu = (shares.reduce((sum, share) => sum + share, 0) * 100) / shares.length;
  return [
    {
      ...row(`Redis commands for ${phones} held Pings in ${idleSeconds} s`, commands, ""),
      target: "0",
      ok: commands === 0,
    },
    row("idle CPU of a core, for each process", idleCpu, "%"),
  ];
}

function acrossRows(
  what: string,
  { local, across }: LocalAndAcross,
  target?: string,
  mostAbove?: number,
): BenchRow[] {
  const above = median(across) - median(local);
  return [
    row(`${what} in one process, p50`, median(local), "ms"),
    row(`${what} in one process, p99`, quantile(local, 0.99), "ms"),
    row(`${what} across processes, p50`, median(across), "ms", median(across) / median(local)),
    row(
      `${what} across processes, p99`,
      quantile(across, 0.99),
      "ms",
      quantile(across, 0.99) / quantile(local, 0.99),
    ),
    {
      ...row(`${what} across processes, p50 above local`, above, "ms"),
      ...(target !== undefined && mostAbove !== undefined && { target, ok: above <= mostAbove }),
    },
  ];
}

function costRows(what: string, { roundTrips, commands, bytes }: StepCost, most?: number): BenchRow[] {
  return [
    {
      ...row(`round trips for ${what}`, roundTrips, ""),
      ...(most !== undefined && { target: `<= ${most}`, ok: roundTrips <= most }),
    },
    row(`commands for ${what}`, commands, ""),
    row(`bytes for ${what}`, bytes, "B"),
  ];
}

function rollingRows({ seconds, waitsMs, missing, fates }: RollingRestart): BenchRow[] {
  return [
    row("rolling restart of all processes", seconds, "s"),
    row("mails meanwhile", waitsMs.length + missing, ""),
    { ...row("of them lost", missing, ""), target: "0", ok: missing === 0 },
    row("from told to synced, p50", median(waitsMs), "ms"),
    row("from told to synced, p99", quantile(waitsMs, 0.99), "ms"),
    row("from told to synced, worst", Math.max(...waitsMs), "ms"),
    {
      ...row("connections that broke without an answer", fates.broken, ""),
      target: "0",
      ok: fates.broken === 0,
    },
    row("connections that were refused", fates.refused, ""),
    row("requests that were answered with another status than 200", fates.turnedAway, ""),
    row("Pings answered early", fates.sentAway, ""),
  ];
}

async function memoryRow(cluster: BenchCluster): Promise<BenchRow> {
  const count = 200;
  let bytes = 0;
  for (let at = 0; at < count; at++) {
    bytes += await cluster.redis.bytesBeyondItems(Math.floor((at * cluster.phones) / count));
  }
  const each = bytes / count;
  return {
    ...row("Redis memory of a device beyond its item state", each, "B"),
    target: "<= 2048 B",
    ok: each <= 2_048,
  };
}

async function residentBytes(cluster: BenchCluster): Promise<number> {
  const all = await Promise.all(cluster.nodes.map(({ process }) => process.ask({ kind: "memory" })));
  return (all as NodeJS.MemoryUsage[]).reduce((sum, { rss }) => sum + rss, 0);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}

function perPhone(before: RedisUsage, after: RedisUsage, phones: number): number {
  return ((after.cpuSeconds - before.cpuSeconds) * 1e6) / phones;
}

function row(name: string, value: number, unit: string, ratio?: number): BenchRow {
  return { group: "cluster", name, value, unit, ...(ratio !== undefined && { ratio }) };
}

/** The run takes minutes: what is known is told. */
function say(text: string): void {
  console.error(`cluster: ${text}`);
}
