import { addCounts } from "./command-counts.js";
import { type DevicePage, type DeviceQuery, mergePages } from "./device-query.js";
import { addHistograms, type HistogramCounts } from "./histogram.js";
import type { NumbersSnapshot, Rate } from "./observed-numbers.js";
import { newestWarnings, type Warning } from "./observed-warnings.js";
import { addSeries, type SecondSeries } from "./second-counts.js";

/** What one node tells of itself in answer to a query: plain data that may be sent to another process as JSON. Its size is bounded. */
export interface StatusSnapshot {
  /** The node's name, different for each process. */
  readonly node: string;
  /** In milliseconds since the Unix epoch. */
  readonly takenAtMs: number;
  /** When counting began, in milliseconds since the Unix epoch. */
  readonly startedAtMs: number;
  /** Requests that are held now. */
  readonly held: { readonly Ping: number; readonly Sync: number };
  /** Devices that are remembered. */
  readonly knownDevices: number;
  /** Resident memory of the process. */
  readonly residentBytes: number;
  readonly numbers: NumbersSnapshot;
  /** The newest first. */
  readonly warnings: readonly Warning[];
  readonly devices: DevicePage;
}

/** Where snapshots come from: from one process, from workers, or from other machines. A node that does not answer is left out. */
export interface StatusSource {
  /** One snapshot of each node. */
  snapshots(query: DeviceQuery): Promise<readonly StatusSnapshot[]>;
}

/** What several nodes are together. */
export interface StatusOverview {
  /** In the order of their names. */
  readonly nodes: readonly StatusSnapshot[];
  readonly held: StatusSnapshot["held"];
  /** The sum: a device that was at two nodes lately counts twice. */
  readonly knownDevices: number;
  /** Of the node that began first; undefined without nodes. */
  readonly startedAtMs: number | undefined;
  readonly numbers: NumbersSnapshot;
  readonly warnings: readonly Warning[];
  readonly devices: DevicePage;
}

/**
 * Joins the snapshots of several nodes.
 *
 * @param query the one that they answer.
 */
export function mergeSnapshots(snapshots: readonly StatusSnapshot[], query: DeviceQuery): StatusOverview {
  const nodes = [...snapshots].sort((first, second) => (first.node < second.node ? -1 : 1));
  const sum = (count: (node: StatusSnapshot) => number): number =>
    nodes.reduce((total, node) => total + count(node), 0);
  return {
    nodes,
    held: { Ping: sum(({ held }) => held.Ping), Sync: sum(({ held }) => held.Sync) },
    knownDevices: sum(({ knownDevices }) => knownDevices),
    startedAtMs: nodes.length === 0 ? undefined : Math.min(...nodes.map(({ startedAtMs }) => startedAtMs)),
    numbers: addNumbers(nodes.map(({ numbers }) => numbers)),
    warnings: newestWarnings(nodes.map(({ warnings }) => warnings)),
    devices: mergePages(
      nodes.map(({ devices }) => devices),
      query,
    ),
  };
}

/** The sum of the counts of several nodes. */
function addNumbers(all: readonly NumbersSnapshot[]): NumbersSnapshot {
  const requests: Record<string, Record<string, number>> = {};
  for (const numbers of all) {
    for (const [command, counts] of Object.entries(numbers.requests)) {
      requests[command] = addCounts([requests[command] ?? {}, counts]);
    }
  }
  return {
    requests,
    responseBytes: all.reduce((total, { responseBytes }) => total + responseBytes, 0),
    ended: addCounts(all.map(({ ended }) => ended)),
    happened: addCounts(all.map(({ happened }) => happened)),
    sourceFailures: addCounts(all.map(({ sourceFailures }) => sourceFailures)),
    items: addCounts(all.map(({ items }) => items)),
    pushSeconds: addAll(all.map(({ pushSeconds }) => pushSeconds)),
    heartbeatSeconds: addAll(all.map(({ heartbeatSeconds }) => heartbeatSeconds)),
    heldSeconds: addAll(all.map(({ heldSeconds }) => heldSeconds)),
    perSecond: addRates(all.map(({ perSecond }) => perSecond)),
  };
}

function addAll([first, ...others]: readonly HistogramCounts[]): HistogramCounts {
  return first === undefined ? { bounds: [], counts: [0], sum: 0 } : addHistograms(first, others);
}

function addRates(all: readonly NumbersSnapshot["perSecond"][]): NumbersSnapshot["perSecond"] {
  const series = new Map<Rate, SecondSeries[]>();
  for (const rates of all) {
    for (const [rate, counts] of Object.entries(rates) as [Rate, SecondSeries][]) {
      series.set(rate, [...(series.get(rate) ?? []), counts]);
    }
  }
  return Object.fromEntries([...series].map(([rate, counts]) => [rate, addSeries(counts)]));
}
