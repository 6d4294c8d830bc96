import { readdirSync, readFileSync } from "node:fs";

/** What processes cost. */
export interface ProcessFigures {
  readonly count: number;
  readonly rssBytes: number;
  /** Memory that several processes share is divided among them. */
  readonly pssBytes: number;
  /** CPU time since each began, in clock ticks of a hundredth of a second. */
  readonly ticks: number;
}

/** The figures of a process and all below it, by the name of the program; those that end meanwhile are left out. Linux alone. */
export function figuresBelow(pid: number): ReadonlyMap<string, ProcessFigures> {
  const parents = new Map<
    number,
    { readonly parent: number; readonly name: string; readonly ticks: number }
  >();
  for (const entry of readdirSync("/proc")) {
    const each = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
    if (each !== undefined) parents.set(Number(entry), each);
  }
  const figures = new Map<string, ProcessFigures>();
  for (const [each, { name, ticks }] of parents) {
    const memory = isBelow(each, pid, parents) ? memoryOf(each) : undefined;
    if (memory === undefined) continue;
    const before = figures.get(name) ?? { count: 0, rssBytes: 0, pssBytes: 0, ticks: 0 };
    figures.set(name, {
      count: before.count + 1,
      rssBytes: before.rssBytes + memory.rssBytes,
      pssBytes: before.pssBytes + memory.pssBytes,
      ticks: before.ticks + ticks,
    });
  }
  return figures;
}

/** The sum of figures of all programs. */
export function sumOf(
  figures: ReadonlyMap<string, ProcessFigures>,
  field: Exclude<keyof ProcessFigures, "count">,
): number {
  return [...figures.values()].reduce((sum, each) => sum + each[field], 0);
}

function isBelow(
  pid: number,
  top: number,
  parents: ReadonlyMap<number, { readonly parent: number }>,
): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)?.parent)
    if (at === top) return true;
  return false;
}

function statOf(
  pid: number,
): { readonly parent: number; readonly name: string; readonly ticks: number } | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)/s.exec(text ?? "") ?? [];
  const fields = rest.split(" ");
  if (text === undefined) return undefined;
  return { parent: Number(fields[1]), name, ticks: Number(fields[11]) + Number(fields[12]) };
}

function memoryOf(pid: number): { readonly rssBytes: number; readonly pssBytes: number } | undefined {
  const text = textOf(`/proc/${pid}/smaps_rollup`);
  if (text === undefined) return undefined;
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(text)?.[1]);
  return { rssBytes: kilobytes("Rss") * 1_024, pssBytes: kilobytes("Pss") * 1_024 };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
