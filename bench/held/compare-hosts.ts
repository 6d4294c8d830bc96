import { type BenchRow, median } from "../row.js";
import { type Measured, measureHeld, measureWholePhones } from "./held-pings.js";
import type { HeldScale } from "./held-processes.js";
import type { HostName } from "./hosts.js";
import type { ServerMode } from "./messages.js";
import { type WakeTimes, wakesInTurn } from "./wakes-in-turn.js";

/**
 * Holds Pings on each host, with the library and without, and compares.
 *
 * @param rounds each measurement is repeated in fresh processes; medians count.
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
      const [without, within] = await measureHeld(host, ["bare", "mounted"], scale);
      bare.push(without as Measured);
      mounted.push(within as Measured);
    }
    rows.push(...rowsOf(host, middle(bare), middle(mounted)));
  }
  return rows;
}

/** How long a Ping takes to be answered with the default `gatherMs`, which waits for the rest of an operation. */
export async function defaultGathering(scale: HeldScale): Promise<BenchRow[]> {
  const small = { ...scale, phones: 1_000, wakes: 200, wakesOfAll: 1, gatherMs: 50 };
  const [times] = await wakesInTurn("node:http", ["mounted"], small);
  const { wakeOneP50Ms, wakeOneP99Ms } = times as WakeTimes;
  const group = "gatherMs 50 (the default), node:http";
  return [
    { group, name: "wake one, p50", unit: "ms", value: wakeOneP50Ms },
    { group, name: "wake one, p99", unit: "ms", value: wakeOneP99Ms },
  ];
}

/** What it costs when the source does not say that a mail arrived, so that each device's state is looked at before it is woken. */
export async function askingForEach(scale: HeldScale, rounds: number): Promise<BenchRow[]> {
  return await compareWakes("a source that does not tell arrivals, node:http", "asking", scale, rounds);
}

/** The wake-ups under a Node without flags, whose young generation grows to twice the size (Node 20). */
export async function withoutNodeFlags(scale: HeldScale, rounds: number): Promise<BenchRow[]> {
  const group = "Node without flags, node:http";
  return await compareWakes(group, "mounted", { ...scale, nodeFlags: [] }, rounds);
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

/** Rows without a target. */
async function compareWakes(
  group: string,
  mode: ServerMode,
  scale: HeldScale,
  rounds: number,
): Promise<BenchRow[]> {
  const bare: WakeTimes[] = [];
  const mounted: WakeTimes[] = [];
  for (let round = 0; round < rounds; round++) {
    const [without, within] = await wakesInTurn("node:http", ["bare", mode], scale);
    bare.push(without as WakeTimes);
    mounted.push(within as WakeTimes);
  }
  return wakeRows(group, middleOfWakes(bare), middleOfWakes(mounted)).map(
    ({ target: _target, ok: _ok, ...row }) => row,
  );
}

function middleOfWakes(all: readonly WakeTimes[]): WakeTimes {
  const of = (field: keyof WakeTimes): number => median(all.map((one) => one[field]));
  return {
    wakeOneP50Ms: of("wakeOneP50Ms"),
    wakeOneP99Ms: of("wakeOneP99Ms"),
    wakeAllLastMs: of("wakeAllLastMs"),
    wakeAllCpuUs: of("wakeAllCpuUs"),
    loopBlockMs: of("loopBlockMs"),
    garbageCollectionMs: of("garbageCollectionMs"),
  };
}

function middle(all: readonly Measured[]): Measured {
  const of = (field: keyof Measured): number => median(all.map((one) => one[field]));
  return {
    ...middleOfWakes(all),
    heapBytesPerPing: of("heapBytesPerPing"),
    rssBytesPerPing: of("rssBytesPerPing"),
    idleCpu: of("idleCpu"),
    turnsPerSecond: of("turnsPerSecond"),
  };
}

type Judged = Pick<BenchRow, "target" | "ok">;

/** Makes the rows of one group: what is mounted, and its ratio to the bare host where that has a figure. */
function rowMaker<Field extends keyof Measured>(
  group: string,
  bare: Readonly<Record<Field, number>>,
  mounted: Readonly<Record<Field, number>>,
): (name: string, unit: string, field: Field, judged?: Judged) => BenchRow {
  return (name, unit, field, judged = {}) => ({
    group,
    name,
    unit,
    value: mounted[field],
    ...(bare[field] > 0 && { ratio: mounted[field] / bare[field] }),
    ...judged,
  });
}

function wakeRows(group: string, bare: WakeTimes, mounted: WakeTimes): BenchRow[] {
  const row = rowMaker<keyof WakeTimes>(group, bare, mounted);
  const atMost = (factor: number, field: keyof WakeTimes): Judged => ({
    target: `<= ${factor}x bare`,
    ok: mounted[field] <= factor * bare[field],
  });
  return [
    row("wake one, p50", "ms", "wakeOneP50Ms", atMost(1.5, "wakeOneP50Ms")),
    row("wake one, p99", "ms", "wakeOneP99Ms"),
    row("wake all, last client", "ms", "wakeAllLastMs", atMost(1.3, "wakeAllLastMs")),
    row("wake all, CPU for each answer", "us", "wakeAllCpuUs"),
    row("wake all, longest event-loop block", "ms", "loopBlockMs", {
      target: "<= 20 ms",
      ok: mounted.loopBlockMs <= 20,
    }),
    row("wake all, longest garbage collection", "ms", "garbageCollectionMs"),
  ];
}

function rowsOf(host: HostName, bare: Measured, mounted: Measured): BenchRow[] {
  const group = `held pings, ${host}`;
  const row = rowMaker<keyof Measured>(group, bare, mounted);
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
    row("idle CPU of a core", "", "idleCpu", { target: "< 0.02", ok: mounted.idleCpu < 0.02 }),
    ...wakeRows(group, bare, mounted),
    row("full turn-around: woken, Sync of a mail, next Ping", "/s", "turnsPerSecond"),
  ];
}
