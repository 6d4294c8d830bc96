import { existsSync } from "node:fs";
import type { BenchRow } from "../row.js";
import { median } from "../row.js";
import { type HeldMemory, measureHeldMemory } from "./held-pings.js";
import type { HeldScale } from "./held-processes.js";

/**
 * Memory of held Pings on node:http under several versions of Node.
 *
 * @param versions main versions: this process's own, and those whose executables `npm run test:nodes` has fetched.
 */
export async function compareNodes(
  scale: HeldScale,
  versions: readonly string[],
  rounds: number,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const version of versions) {
    const node = executableOf(version);
    if (node === undefined) {
      console.error(`Node ${version} is not there: npm run test:nodes -- ${version} fetches it.`);
      continue;
    }
    const plain = { ...scale, node, nodeFlags: [] };
    const bare: HeldMemory[] = [];
    const mounted: HeldMemory[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(await measureHeldMemory("node:http", "bare", plain));
      mounted.push(await measureHeldMemory("node:http", "mounted", plain));
    }
    rows.push(...rowsOf(version, bare, mounted));
  }
  return rows;
}

function executableOf(version: string): string | undefined {
  if (process.versions.node.split(".")[0] === version) return process.execPath;
  const fetched = `.cache/nodes/${version}/node_modules/node/bin/node`;
  return existsSync(fetched) ? fetched : undefined;
}

function rowsOf(version: string, bare: readonly HeldMemory[], mounted: readonly HeldMemory[]): BenchRow[] {
  const group = `memory on Node ${version}, node:http`;
  const of = (all: readonly HeldMemory[], field: keyof HeldMemory): number =>
    median(all.map((one) => one[field]));
  const heap = of(mounted, "heapBytesPerPing");
  const rss = of(mounted, "rssBytesPerPing");
  const above = heap - of(bare, "heapBytesPerPing");
  return [
    { group, name: "heap per ping", unit: "B", value: heap, ratio: heap / of(bare, "heapBytesPerPing") },
    {
      group,
      name: "heap per ping above bare",
      unit: "B",
      value: above,
      target: "<= 1024 B",
      ok: above <= 1024,
    },
    { group, name: "RSS per ping", unit: "B", value: rss, ratio: rss / of(bare, "rssBytesPerPing") },
  ];
}
