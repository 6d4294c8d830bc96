import { median, quantile } from "../row.js";
import { type HeldProcesses, type HeldScale, withProcesses } from "./held-processes.js";
import type { HostName } from "./hosts.js";
import type { ServerMode, WakeAllCost } from "./messages.js";

/** What waking costs in one mode. */
export interface WakeTimes {
  readonly wakeOneP50Ms: number;
  readonly wakeOneP99Ms: number;
  readonly wakeAllLastMs: number;
  /** CPU time of the server for each of the answers. */
  readonly wakeAllCpuUs: number;
  readonly loopBlockMs: number;
  readonly garbageCollectionMs: number;
}

/** How often all are woken before it is measured: a server at work has answered as many long ago, and its code is compiled for that. */
const unmeasuredWakes = 3;
/** So many phones are woken in one mode before it is the turn of the next. */
const blockLength = 50;

/**
 * Measures the wake-ups of several modes with all their processes running, in turn and in short turns: the machine's own speed
 * changes from one minute to the next, and so it does for all of them alike.
 */
export async function wakesInTurn(
  host: HostName,
  modes: readonly ServerMode[],
  scale: HeldScale,
): Promise<WakeTimes[]> {
  return await withProcesses(host, modes, scale, async (all) => {
    for (const processes of all) await processes.prime();
    for (let round = 0; round < unmeasuredWakes; round++)
      for (const processes of all) await wakeAll(processes, scale);
    const costs: WakeAll[][] = all.map(() => []);
    for (let round = 0; round < scale.wakesOfAll; round++)
      for (const [index, processes] of all.entries()) costs[index]?.push(await wakeAll(processes, scale));
    const ones = await wakeOneByOne(all, scale);
    return all.map((_, index) => timesOf(ones[index] ?? [], costs[index] ?? [], scale));
  });
}

interface WakeAll extends WakeAllCost {
  /** Until the last client had its answer. */
  readonly lastMs: number;
}

/** Holds all, wakes all, lets go of all, and lets them sync the mail. */
async function wakeAll(processes: HeldProcesses, scale: HeldScale): Promise<WakeAll> {
  const { server, phones } = processes;
  await processes.hold();
  const wokenAt = await server.number({ kind: "wake-all", phones: scale.phones });
  const lastAt = await phones.number({ kind: "all-arrived", phones: scale.phones });
  const cost = (await server.ask({ kind: "wake-all-cost" })) as WakeAllCost;
  await processes.letGo();
  await processes.catchUp();
  return { lastMs: (lastAt - wokenAt) / 1e6, ...cost };
}

/** Holds all in each mode, and wakes some one after the other: how long each answer took, in milliseconds. */
async function wakeOneByOne(all: readonly HeldProcesses[], { wakes }: HeldScale): Promise<number[][]> {
  for (const processes of all) await processes.hold();
  const woken: number[][] = all.map(() => []);
  for (let from = 0; from < wakes; from += blockLength) {
    const block = { kind: "wake-each", from, phones: Math.min(blockLength, wakes - from) } as const;
    for (const [index, { server }] of all.entries())
      woken[index]?.push(...((await server.ask(block)) as number[]));
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  return await Promise.all(
    all.map(async ({ phones }, index) => {
      const arrived = (await phones.ask({ kind: "arrivals", from: 0, phones: wakes })) as number[];
      return arrived.map((at, phone) => (at - (woken[index]?.[phone] ?? Number.NaN)) / 1e6);
    }),
  );
}

function timesOf(ones: readonly number[], all: readonly WakeAll[], { phones }: HeldScale): WakeTimes {
  return {
    wakeOneP50Ms: median(ones),
    wakeOneP99Ms: quantile(ones, 0.99),
    wakeAllLastMs: median(all.map(({ lastMs }) => lastMs)),
    wakeAllCpuUs: median(all.map(({ cpuMicroseconds }) => cpuMicroseconds)) / phones,
    loopBlockMs: median(all.map(({ loopBlockMs }) => loopBlockMs)),
    garbageCollectionMs: median(all.map(({ garbageCollectionMs }) => garbageCollectionMs)),
  };
}
