import { type HeldProcesses, type HeldScale, withProcesses } from "./held-processes.js";
import type { HostName } from "./hosts.js";
import type { ServerMode } from "./messages.js";
import { type WakeTimes, wakesInTurn } from "./wakes-in-turn.js";

/** What a held Ping costs in memory: after all of them are held, less before. */
export interface HeldMemory {
  readonly heapBytesPerPing: number;
  readonly rssBytesPerPing: number;
}

/** The figures of one host. */
export interface Measured extends HeldMemory, WakeTimes {
  /** Share of one core while all are held. */
  readonly idleCpu: number;
  readonly turnsPerSecond: number;
}

/**
 * Measures everything of one host in fresh processes: the memory in some, the times in others, because the collections of garbage that the memory's figures
 * need throw compiled code away, which does not happen to a server at work.
 *
 * @returns a value for each mode.
 */
export async function measureHeld(
  host: HostName,
  modes: readonly ServerMode[],
  scale: HeldScale,
): Promise<Measured[]> {
  const wakes = await wakesInTurn(host, modes, scale);
  const measured: Measured[] = [];
  for (const [index, mode] of modes.entries()) {
    const times = wakes[index] as WakeTimes;
    measured.push({ ...(await atRest(host, mode, scale)), ...times, ...(await turns(host, mode, scale)) });
  }
  return measured;
}

/** Measures the memory of held Pings alone. */
export async function measureHeldMemory(
  host: HostName,
  mode: ServerMode,
  scale: HeldScale,
): Promise<HeldMemory> {
  return await alone(host, mode, scale, holdAll);
}

/** Rounds a second of so many whole phones. */
export async function measureWholePhones(
  host: HostName,
  scale: HeldScale,
  wholePhones: number,
): Promise<number> {
  return await alone(host, "mounted", scale, async ({ server, phones, port }) => {
    const { turnSeconds: seconds } = scale;
    await server.ask({ kind: "turn-around" });
    return (await phones.number({ kind: "turn-whole", port, phones: wholePhones, seconds })) / seconds;
  });
}

async function atRest(
  host: HostName,
  mode: ServerMode,
  scale: HeldScale,
): Promise<HeldMemory & Pick<Measured, "idleCpu">> {
  return await alone(host, mode, scale, async (processes) => ({
    ...(await holdAll(processes, scale)),
    idleCpu: await processes.server.number({ kind: "idle-cpu", seconds: scale.idleSeconds }),
  }));
}

async function holdAll(processes: HeldProcesses, { phones }: HeldScale): Promise<HeldMemory> {
  await processes.prime();
  const before = await memoryOf(processes);
  await processes.hold();
  const after = await memoryOf(processes);
  return {
    heapBytesPerPing: (after.heapUsed - before.heapUsed) / phones,
    rssBytesPerPing: (after.rss - before.rss) / phones,
  };
}

async function turns(
  host: HostName,
  mode: ServerMode,
  scale: HeldScale,
): Promise<Pick<Measured, "turnsPerSecond">> {
  const { turnPhones, turnSeconds } = scale;
  return await alone(host, mode, scale, async (processes) => {
    const { server, phones } = processes;
    // With all phones once, unmeasured: the code is compiled for it then.
    await processes.prime();
    await processes.hold();
    await server.ask({ kind: "wake-all", phones: scale.phones });
    await phones.ask({ kind: "all-arrived", phones: scale.phones });
    const keys = (await server.ask({ kind: "prime", from: 0, phones: turnPhones })) as string[];
    await server.ask({ kind: "turn-around" });
    const turned = await phones.number({ kind: "turn", keys, seconds: turnSeconds });
    return { turnsPerSecond: turned / turnSeconds };
  });
}

async function alone<T>(
  host: HostName,
  mode: ServerMode,
  scale: HeldScale,
  measure: (processes: HeldProcesses, scale: HeldScale) => Promise<T>,
): Promise<T> {
  return await withProcesses(host, [mode], scale, ([processes]) =>
    measure(processes as HeldProcesses, scale),
  );
}

async function memoryOf({ server }: HeldProcesses): Promise<NodeJS.MemoryUsage> {
  return (await server.ask({ kind: "memory" })) as NodeJS.MemoryUsage;
}
