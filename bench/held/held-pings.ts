import { type BenchRow, median, quantile } from "../row.js";
import { type HostName, hostNames } from "./hosts.js";
import type { PhonesOrder, ServerOrder } from "./messages.js";
import { OrderedProcess } from "./process.js";

interface Measured {
  readonly heapBytesPerPing: number;
  readonly rssBytesPerPing: number;
  readonly idleCpu: number;
  readonly wakeOneP50Ms: number;
  readonly wakeOneP99Ms: number;
  readonly wakeAllLastMs: number;
  readonly loopBlockMs: number;
  readonly turnsPerSecond: number;
}

/** How much is measured. */
export interface HeldScale {
  readonly phones: number;
  readonly idleSeconds: number;
  readonly wakes: number;
  readonly turnPhones: number;
  readonly turnSeconds: number;
  /** Each measurement is repeated in fresh processes, bare and mounted in turn; medians count. */
  readonly rounds: number;
}

/** Holds Pings on each host, with the library and without, and compares. */
export async function benchHeldPings(
  scale: HeldScale,
  hosts: readonly HostName[] = hostNames,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const host of hosts) {
    const bare: Measured[] = [];
    const mounted: Measured[] = [];
    for (let round = 0; round < scale.rounds; round++) {
      bare.push(await measure(host, "bare", scale));
      mounted.push(await measure(host, "mounted", scale));
    }
    rows.push(...compare(host, middle(bare), middle(mounted)));
  }
  return rows;
}

async function measure(host: HostName, mode: "bare" | "mounted", scale: HeldScale): Promise<Measured> {
  const server = new OrderedProcess<ServerOrder>("./server.ts", [host, mode]);
  const phones = new OrderedProcess<PhonesOrder>("./phones.ts", []);
  try {
    const port = Number(await server.ready);
    await phones.ready;
    await server.ask({ kind: "prime", phones: scale.phones });
    const before = await memory(server);
    await phones.ask({ kind: "connect", port, from: 0, phones: scale.phones });
    while ((await server.number({ kind: "held" })) < scale.phones) await pause(50);
    const after = await memory(server);
    const idleCpu = await server.number({ kind: "idle-cpu", seconds: scale.idleSeconds });
    const wakes = await wakeEach(server, phones, scale);
    const wokenAt = await server.number({ kind: "wake-all", phones: scale.phones });
    const lastAt = await phones.number({ kind: "all-arrived", phones: scale.phones });
    const loopBlockMs = await server.number({ kind: "loop-block" });
    await server.ask({ kind: "answer-at-once", phones: scale.turnPhones });
    const turns = await phones.number({ kind: "turn", phones: scale.turnPhones, seconds: scale.turnSeconds });
    return {
      heapBytesPerPing: (after.heapUsed - before.heapUsed) / scale.phones,
      rssBytesPerPing: (after.rss - before.rss) / scale.phones,
      idleCpu,
      wakeOneP50Ms: median(wakes),
      wakeOneP99Ms: quantile(wakes, 0.99),
      wakeAllLastMs: (lastAt - wokenAt) / 1e6,
      loopBlockMs,
      turnsPerSecond: turns / scale.turnSeconds,
    };
  } finally {
    await Promise.all([server.stop(), phones.stop()]);
  }
}

/** Wakes some phones, one after the other. */
async function wakeEach(
  server: OrderedProcess<ServerOrder>,
  phones: OrderedProcess<PhonesOrder>,
  scale: HeldScale,
): Promise<number[]> {
  const wakes: number[] = [];
  const step = Math.max(1, Math.floor(scale.phones / scale.wakes));
  for (let phone = 0; wakes.length < scale.wakes && phone < scale.phones; phone += step) {
    const at = await server.number({ kind: "wake", phone });
    wakes.push(((await phones.number({ kind: "arrival", phone })) - at) / 1e6);
    await pause(2);
  }
  return wakes;
}

async function memory(server: OrderedProcess<ServerOrder>): Promise<NodeJS.MemoryUsage> {
  return (await server.ask({ kind: "memory" })) as NodeJS.MemoryUsage;
}

function middle(all: readonly Measured[]): Measured {
  const of = (field: keyof Measured): number => median(all.map((one) => one[field]));
  return {
    heapBytesPerPing: of("heapBytesPerPing"),
    rssBytesPerPing: of("rssBytesPerPing"),
    idleCpu: of("idleCpu"),
    wakeOneP50Ms: of("wakeOneP50Ms"),
    wakeOneP99Ms: of("wakeOneP99Ms"),
    wakeAllLastMs: of("wakeAllLastMs"),
    loopBlockMs: of("loopBlockMs"),
    turnsPerSecond: of("turnsPerSecond"),
  };
}

function compare(host: HostName, bare: Measured, mounted: Measured): BenchRow[] {
  const group = `held pings, ${host}`;
  const row = (
    name: string,
    unit: string,
    field: keyof Measured,
    target?: string,
    ok?: boolean,
  ): BenchRow => ({
    group,
    name,
    unit,
    value: mounted[field],
    ratio: mounted[field] / bare[field],
    ...(target === undefined ? {} : { target }),
    ...(ok === undefined ? {} : { ok }),
  });
  const above = mounted.heapBytesPerPing - bare.heapBytesPerPing;
  return [
    row("heap per ping", "B", "heapBytesPerPing"),
    {
      group,
      name: "heap per ping above bare",
      unit: "B",
      value: above,
      target: "<= 1024 B",
      ok: above <= 1024,
    },
    row("RSS per ping", "B", "rssBytesPerPing"),
    row("idle CPU of a core", "", "idleCpu", "< 0.02", mounted.idleCpu < 0.02),
    row(
      "wake one, p50",
      "ms",
      "wakeOneP50Ms",
      "<= 1.5x bare",
      mounted.wakeOneP50Ms <= 1.5 * bare.wakeOneP50Ms,
    ),
    row("wake one, p99", "ms", "wakeOneP99Ms"),
    row(
      "wake all, last client",
      "ms",
      "wakeAllLastMs",
      "<= 1.3x bare",
      mounted.wakeAllLastMs <= 1.3 * bare.wakeAllLastMs,
    ),
    row("wake all, longest event-loop block", "ms", "loopBlockMs", "<= 20 ms", mounted.loopBlockMs <= 20),
    row("Ping turn-around, answered at once", "/s", "turnsPerSecond"),
  ];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
