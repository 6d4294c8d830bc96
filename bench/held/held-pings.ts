import { join } from "node:path";
import { median, quantile } from "../row.js";
import type { HostName } from "./hosts.js";
import type { PhonesOrder, ServerMode, ServerOrder, WakeAllCost } from "./messages.js";
import { OrderedProcess } from "./process.js";

/** What a held Ping costs in memory: after all of them are held, less before. */
export interface HeldMemory {
  readonly heapBytesPerPing: number;
  readonly rssBytesPerPing: number;
}

/** The figures of one host. */
export interface Measured extends HeldMemory {
  /** Share of one core while all are held. */
  readonly idleCpu: number;
  readonly wakeOneP50Ms: number;
  readonly wakeOneP99Ms: number;
  readonly wakeAllLastMs: number;
  /** CPU time of the server for each of the answers. */
  readonly wakeAllCpuUs: number;
  readonly loopBlockMs: number;
  readonly turnsPerSecond: number;
}

/** How much is measured. */
export interface HeldScale {
  /** The folder of the compiled processes. */
  readonly build: string;
  /** The Node that runs the measured server: its executable. This one by default. */
  readonly node?: string;
  readonly phones: number;
  /** Phones that are held and woken before anything is measured, so that the code is compiled. */
  readonly warmPhones: number;
  readonly idleSeconds: number;
  readonly wakes: number;
  readonly turnPhones: number;
  readonly turnSeconds: number;
  /** The library's option of that name: 0 by default, because its waiting is no cost. */
  readonly gatherMs?: number;
}

interface Processes {
  readonly server: OrderedProcess<ServerOrder>;
  readonly phones: OrderedProcess<PhonesOrder>;
  readonly port: number;
}

/**
 * Measures everything of one host in fresh processes: the memory in some, the times in others, because the collections of garbage that the memory's figures
 * need throw compiled code away, which does not happen to a server at work.
 */
export async function measureHeld(host: HostName, mode: ServerMode, scale: HeldScale): Promise<Measured> {
  const atRest = await withProcesses(host, mode, scale, async (processes) => ({
    ...(await holdAll(processes, scale)),
    idleCpu: await processes.server.number({ kind: "idle-cpu", seconds: scale.idleSeconds }),
  }));
  return {
    ...atRest,
    ...(await withProcesses(host, mode, scale, (processes) => measureWakes(processes, scale))),
  };
}

/** How often all are woken before it is measured, and how often it is measured. */
const unmeasuredWakes = 2;
const measuredWakes = 3;

type WakeTimes = Omit<Measured, keyof HeldMemory | "idleCpu">;

async function measureWakes(processes: Processes, scale: HeldScale): Promise<WakeTimes> {
  const { server, phones } = processes;
  await warmUp(processes, scale);
  // Some unmeasured: a server at work has answered as many long ago, and its code is compiled for that.
  for (let round = 0; round < unmeasuredWakes; round++) {
    await holdPrimed(processes, scale);
    await wakeAll(processes, scale);
    await phones.ask({ kind: "disconnect", from: 0, phones: scale.phones });
  }
  await holdPrimed(processes, scale);
  const wakes = await wakeSome(processes, scale);
  await wakeAll(processes, scale);
  await phones.ask({ kind: "disconnect", from: 0, phones: scale.phones });
  const all: WakeAll[] = [];
  for (let round = 0; round < measuredWakes; round++) {
    await holdPrimed(processes, scale);
    const lastMs = await wakeAll(processes, scale);
    all.push({ lastMs, ...((await server.ask({ kind: "wake-all-cost" })) as WakeAllCost) });
    if (round < measuredWakes - 1) {
      await phones.ask({ kind: "disconnect", from: 0, phones: scale.phones });
    }
  }
  return {
    wakeOneP50Ms: median(wakes),
    wakeOneP99Ms: quantile(wakes, 0.99),
    wakeAllLastMs: median(all.map(({ lastMs }) => lastMs)),
    wakeAllCpuUs: median(all.map(({ cpuMicroseconds }) => cpuMicroseconds)) / scale.phones,
    loopBlockMs: median(all.map(({ loopBlockMs }) => loopBlockMs)),
    turnsPerSecond: await turnAround(processes, scale),
  };
}

interface WakeAll extends WakeAllCost {
  /** Until the last client had its answer. */
  readonly lastMs: number;
}

/** Measures the memory of held Pings alone. */
export async function measureHeldMemory(
  host: HostName,
  mode: ServerMode,
  scale: HeldScale,
): Promise<HeldMemory> {
  return await withProcesses(host, mode, scale, (processes) => holdAll(processes, scale));
}

/** Rounds a second of so many whole phones. */
export async function measureWholePhones(
  host: HostName,
  scale: HeldScale,
  wholePhones: number,
): Promise<number> {
  return await withProcesses(host, "mounted", scale, async ({ server, phones, port }) => {
    const { turnSeconds: seconds } = scale;
    await server.ask({ kind: "turn-around" });
    return (await phones.number({ kind: "turn-whole", port, phones: wholePhones, seconds })) / seconds;
  });
}

async function withProcesses<T>(
  host: HostName,
  mode: ServerMode,
  { build, node, gatherMs = 0 }: HeldScale,
  measure: (processes: Processes) => Promise<T>,
): Promise<T> {
  const args = [host, mode, String(gatherMs)];
  const server = new OrderedProcess<ServerOrder>(join(build, "server.js"), args, node);
  const phones = new OrderedProcess<PhonesOrder>(join(build, "phones.js"), []);
  try {
    const port = Number(await server.ready);
    await phones.ready;
    return await measure({ server, phones, port });
  } finally {
    await Promise.all([server.stop(), phones.stop()]);
  }
}

async function holdPrimed(processes: Processes, { phones }: HeldScale): Promise<void> {
  await processes.server.ask({ kind: "prime", from: 0, phones });
  await connect(processes, 0, phones);
}

/** Wakes all that are held: how long the last answer took, in milliseconds. */
async function wakeAll({ server, phones }: Processes, scale: HeldScale): Promise<number> {
  const wokenAt = await server.number({ kind: "wake-all", phones: scale.phones });
  return ((await phones.number({ kind: "all-arrived", phones: scale.phones })) - wokenAt) / 1e6;
}

async function holdAll(processes: Processes, scale: HeldScale): Promise<HeldMemory> {
  const { server } = processes;
  await warmUp(processes, scale);
  await server.ask({ kind: "prime", from: 0, phones: scale.phones });
  const before = await memoryOf(server);
  await connect(processes, 0, scale.phones);
  const after = await memoryOf(server);
  return {
    heapBytesPerPing: (after.heapUsed - before.heapUsed) / scale.phones,
    rssBytesPerPing: (after.rss - before.rss) / scale.phones,
  };
}

async function warmUp(processes: Processes, { phones: from, warmPhones }: HeldScale): Promise<void> {
  const { server, phones } = processes;
  await server.ask({ kind: "prime", from, phones: warmPhones });
  await connect(processes, from, warmPhones);
  await server.ask({ kind: "wake-each", from, phones: warmPhones });
  await phones.ask({ kind: "all-arrived", phones: warmPhones });
  await phones.ask({ kind: "disconnect", from, phones: warmPhones });
}

async function connect({ server, phones, port }: Processes, from: number, count: number): Promise<void> {
  const held = (await server.number({ kind: "held" })) + count;
  await phones.ask({ kind: "connect", port, from, phones: count });
  while ((await server.number({ kind: "held" })) < held) await pause(50);
}

/** Wakes the first phones one after the other: how long each answer took, in milliseconds. */
async function wakeSome({ server, phones }: Processes, scale: HeldScale): Promise<number[]> {
  const first = { from: 0, phones: scale.wakes };
  const woken = (await server.ask({ kind: "wake-each", ...first })) as number[];
  await pause(200);
  const arrived = (await phones.ask({ kind: "arrivals", ...first })) as number[];
  return arrived.map((at, index) => (at - (woken[index] ?? Number.NaN)) / 1e6);
}

async function turnAround({ server, phones }: Processes, scale: HeldScale): Promise<number> {
  const { turnPhones, turnSeconds } = scale;
  const keys = (await server.ask({ kind: "prime", from: 0, phones: turnPhones })) as string[];
  await server.ask({ kind: "turn-around" });
  return (await phones.number({ kind: "turn", keys, seconds: turnSeconds })) / turnSeconds;
}

async function memoryOf(server: OrderedProcess<ServerOrder>): Promise<NodeJS.MemoryUsage> {
  return (await server.ask({ kind: "memory" })) as NodeJS.MemoryUsage;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
