/** `npm run bench -- [--quick] [--only codec,sync,held,nodes,imap,cluster] [--hosts node:http,koa] [--nodes 20,24] [--ways NOTIFY,IDLE] [--phones N] [--rounds N] [--json FILE]`: one table. */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { benchCluster, type ClusterScale, leastPhones } from "./cluster/cluster-bench.js";
import { type HostName, hostNames } from "./held/hosts.js";
import { measuredBuild } from "./measured-build.js";
import type { BenchRow } from "./row.js";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "codec,sync,held" },
    hosts: { type: "string", default: hostNames.join(",") },
    nodes: { type: "string", default: "20,22,24,26" },
    ways: { type: "string" },
    phones: { type: "string" },
    rounds: { type: "string" },
    json: { type: "string" },
  },
});

const phones = Number(values.phones ?? (values.quick ? 1_000 : 10_000));
const only = new Set(values.only.split(","));
const hosts = values.hosts
  .split(",")
  .filter((name): name is HostName => (hostNames as readonly string[]).includes(name));
const clusterScale = only.has("cluster") ? scaleOfCluster(values.phones, values.quick) : undefined;

const rows: BenchRow[] = [];
if (only.has("codec")) {
  const { benchCodec } = await import("./codec.js");
  rows.push(...(await benchCodec()).map((row): BenchRow => ({ group: "codec", ...row })));
}
if (only.has("sync")) {
  const { benchSyncByFolderSize } = await import("./sync-by-folder-size.js");
  rows.push(...(await benchSyncByFolderSize()));
}
if (only.has("held") || only.has("nodes")) {
  const scale = {
    build: await measuredBuild("held"),
    phones,
    warmPhones: 1_000,
    idleSeconds: values.quick ? 2 : 5,
    wakes: values.quick ? 200 : 1_000,
    wakesOfAll: values.quick ? 3 : 5,
    turnPhones: Math.min(phones, 1_000),
    turnSeconds: values.quick ? 2 : 4,
  };
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (only.has("held")) {
    const { askingForEach, compareHosts, defaultGathering, wholePhones, withoutNodeFlags } = await import(
      "./held/compare-hosts.js"
    );
    rows.push(...(await compareHosts(scale, hosts, rounds)));
    rows.push(...(await withoutNodeFlags(scale, rounds)));
    rows.push(...(await askingForEach(scale, rounds)), ...(await defaultGathering(scale)));
    rows.push(...(await wholePhones(scale, rounds)));
  }
  if (only.has("nodes")) {
    const { compareNodes } = await import("./held/compare-nodes.js");
    rows.push(...(await compareNodes(scale, values.nodes.split(","), rounds)));
  }
}
if (only.has("imap")) {
  const { benchImap } = await import("./imap/imap-bench.js");
  const { quick } = values;
  const rounds = Number(values.rounds ?? (quick ? 1 : 3));
  const counts = values.phones === undefined ? (quick ? [50] : [50, 500]) : [Number(values.phones)];
  const ways = values.ways?.split(",");
  const build = await measuredBuild("imap");
  rows.push(...(await benchImap({ build, phones: counts, quick, rounds, ways })));
}

if (clusterScale !== undefined) {
  rows.push(...(await benchCluster({ ...clusterScale, build: await measuredBuild("cluster") })));
}

console.log(table(rows));
if (values.json !== undefined) {
  await writeFile(values.json, JSON.stringify({ node: process.version, phones, rows }, undefined, 2));
}

/** @throws Error when there are too few phones for what is measured. */
function scaleOfCluster(given: string | undefined, quick: boolean): Omit<ClusterScale, "build"> {
  const processes = 3;
  const wakes = quick ? 200 : 1_000;
  const least = leastPhones({ wakes, processes });
  const asked = Number(given ?? (quick ? 3_000 : 57_000));
  if (!(asked >= least))
    throw new Error(`--phones must be at least ${least} with --only cluster, got ${given}`);
  const phones = Math.floor(asked / processes) * processes;
  return { phones, processes, wakes, idleSeconds: quick ? 3 : 10, mailsPerSecond: 50 };
}

function table(all: readonly BenchRow[]): string {
  const lines = [
    `Node ${process.version}, ${phones} phones held`,
    "",
    "| what | value | of baseline | target | reached |",
    "|---|---|---|---|---|",
  ];
  for (const { group, name, value, unit, ratio, target, ok } of all) {
    const reached = ok === undefined ? "" : ok ? "yes" : "no";
    lines.push(
      `| ${group}: ${name} | ${short(value)} ${unit} | ${ratio === undefined ? "" : `${short(ratio)}x`} | ${target ?? ""} | ${reached} |`,
    );
  }
  return lines.join("\n");
}

function short(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return value.toPrecision(3);
}
