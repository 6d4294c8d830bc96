import { type BenchCluster, type BenchNode, pause } from "./bench-cluster.js";
import type { PhonePool } from "./phone-pool.js";

/** Times of what happens within the process that holds a request, and of the same from another process; in milliseconds. */
export interface LocalAndAcross {
  readonly local: readonly number[];
  readonly across: readonly number[];
}

/** So many in a row, before it is another process's turn. */
const inARow = 20;
const gapMs = 3;

interface Batch {
  readonly phones: readonly number[];
  readonly at: BenchNode;
}

/** From a mail that a process is told of to the phone's answer. */
export function measureWakes(cluster: BenchCluster, pool: PhonePool, count: number): Promise<LocalAndAcross> {
  return alternating(cluster, pool, count, async ({ phones, at }) => {
    await cluster.deliver(phones);
    return (await at.process.ask({ kind: "publish", phones, gapMs })) as number[];
  });
}

/** From a newer Ping to the answer of the older one. */
export function measureSuperseding(
  cluster: BenchCluster,
  pool: PhonePool,
  count: number,
): Promise<LocalAndAcross> {
  return alternating(cluster, pool, count, async ({ phones, at: { port } }) => {
    return await cluster.pingAnew(phones, port, gapMs);
  });
}

/** How many phones of each process {@link measureWakes} and {@link measureSuperseding} take. */
export function phonesOfEachProcess(count: number, processes: number): number {
  return Math.ceil(count / (inARow * processes)) * 2 * inARow;
}

/** Both kinds in turn on each process, so that whatever else the machine does hits both. */
async function alternating(
  cluster: BenchCluster,
  pool: PhonePool,
  count: number,
  run: (batch: Batch) => Promise<number[]>,
): Promise<LocalAndAcross> {
  const { nodes } = cluster;
  const times: Record<"local" | "across", number[]> = { local: [], across: [] };
  while (times.local.length < count) {
    for (const holder of nodes.keys()) {
      for (const kind of ["local", "across"] as const) {
        const phones = pool.take(inARow, holder);
        const at = cluster.node(kind === "local" ? holder : holder + 1);
        const begun = await run({ phones, at });
        await pause(100);
        const ended = await cluster.arrivals(phones);
        times[kind].push(...ended.map((end, index) => (end - (begun[index] ?? Number.NaN)) / 1e6));
      }
    }
  }
  return times;
}
