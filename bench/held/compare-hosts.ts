import { type BenchRow, median } from "../row.js";
import { type HeldScale, type Measured, measureHeld, measureWholePhones } from "./held-pings.js";
import type { HostName } from "./hosts.js";

/**
 * Holds Pings on each host, with the library and without, and compares.
 *
 * @param rounds each measurement is repeated in fresh processes, bare and mounted in turn; medians count.
 */
export async function compareHosts(
  scale: HeldScale,
  hosts: readonly HostName[],
  rounds: number,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const host of hosts) {
    const bare: Measured[] = [];
    const mounted: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(await measureHeld(host, "bare", scale));
      mounted.push(await measureHeld(host, "mounted", scale));
    }
    rows.push(...rowsOf(host, middle(bare), middle(mounted)));
  }
  return rows;
}

/** How long a Ping takes to be answered with the default `gatherMs`, which waits for the rest of an operation. */
export async function defaultGathering(scale: HeldScale): Promise<BenchRow[]> {
  const small = { ...scale, phones: 1_000, wakes: 200, idleSeconds: 1, gatherMs: 50 };
  const { wakeOneP50Ms, wakeOneP99Ms } = await measureHeld("node:http", "mounted", small);
  const group = "gatherMs 50 (the default), node:http";
  return [
    { group, name: "wake one, p50", unit: "ms", value: wakeOneP50Ms },
    { group, name: "wake one, p99", unit: "ms", value: wakeOneP99Ms },
  ];
}

/** What it costs when the source does not say that a mail arrived, so that each device's state is looked at before it is woken. */
export async function askingForEach(scale: HeldScale, rounds: number): Promise<BenchRow[]> {
  const bare: Measured[] = [];
  const asking: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await measureHeld("node:http", "bare", scale));
    asking.push(await measureHeld("node:http", "asking", scale));
  }
  const group = "a source that does not tell arrivals, node:http";
  return rowsOf("node:http", middle(bare), middle(asking))
    .filter(({ name }) => name.startsWith("wake"))
    .map(({ target: _target, ok: _ok, ...row }) => ({ ...row, group }));
}

/** Phones that do all that a phone does, by `direct-push/client`, in one process: what it costs is theirs as much as the server's. */
export async function wholePhones(scale: HeldScale, rounds: number): Promise<BenchRow[]> {
  const phones = 150;
  const turns: number[] = [];
  for (let round = 0; round < rounds; round++)
    turns.push(await measureWholePhones("node:http", scale, phones));
  const group = `${phones} whole phones (direct-push/client), node:http`;
  return [{ group, name: "woken, Sync of a mail, next Ping", unit: "/s", value: median(turns) }];
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
    wakeAllCpuUs: of("wakeAllCpuUs"),
    loopBlockMs: of("loopBlockMs"),
    turnsPerSecond: of("turnsPerSecond"),
  };
}

function rowsOf(host: HostName, bare: Measured, mounted: Measured): BenchRow[] {
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
    row("wake all, CPU for each answer", "us", "wakeAllCpuUs"),
    row("wake all, longest event-loop block", "ms", "loopBlockMs", "<= 20 ms", mounted.loopBlockMs <= 20),
    row("full turn-around: woken, Sync of a mail, next Ping", "/s", "turnsPerSecond"),
  ];
}
