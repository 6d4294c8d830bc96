import type { CommandNumbers } from "../observed/command-counts.js";
import type { HistogramCounts } from "../observed/histogram.js";
import type { NumbersCollector } from "../observed/numbers-collector.js";
import type { Happening } from "../observed/observed-numbers.js";

type Labels = Readonly<Record<string, string | number>>;

interface MetricValue {
  readonly value: number;
  readonly labels: Labels;
  readonly metricName?: string;
}

/** A metric as prom-client passes it from one process to another, as plain data. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly values: readonly MetricValue[];
  /** How those of several processes become one. */
  readonly aggregator: "sum";
}

type Commands = readonly (readonly [command: string, numbers: CommandNumbers])[];

const happenings: readonly (readonly [what: Happening, name: string, help: string])[] = [
  ["authenticationRefused", "logins_refused", "Logins that the mail server refused"],
  ["devicesRefused", "devices_refused", "Requests of devices that are not let in"],
  ["throttled", "throttled", "Requests turned away because of too many at once"],
  ["heartbeatsRefused", "heartbeats_refused", "Heartbeat intervals outside of the bounds"],
  ["connectionsCut", "connections_cut", "Times that something was found to cut held requests"],
  ["heartbeatsShort", "heartbeats_short", "Times that heartbeats were found to be short"],
  ["itemsSkipped", "items_skipped", "Items that could not be shown to a device"],
  ["requestsFailed", "request_failures", "Requests that failed by a fault of the server itself"],
];

/** What a server's counts are called for Prometheus. */
export function serverMetrics(numbers: NumbersCollector): readonly Metric[] {
  const { happened, sourceFailures, pushSeconds } = numbers.snapshot();
  const commands = [...numbers.commands()];
  return [
    ...requestMetrics(commands),
    ...holdMetrics(commands),
    histogram("push_seconds", "From the mail server's telling of a change to the answer", [
      [{}, pushSeconds],
    ]),
    counter(
      "source_failures_total",
      "Calls into the mail server or the state that failed",
      Object.entries(sourceFailures).map(([call, value]) => ({ labels: { call }, value })),
    ),
    ...happenings.map(([what, name, help]) =>
      counter(`${name}_total`, help, [{ labels: {}, value: happened[what] ?? 0 }]),
    ),
  ];
}

function requestMetrics(commands: Commands): readonly Metric[] {
  return [
    counter(
      "requests_total",
      "Requests that were answered, by HTTP status",
      commands.flatMap(([command, { requests }]) =>
        Object.entries(requests).map(([status, value]) => ({ labels: { command, status }, value })),
      ),
    ),
    counter(
      "response_bytes_total",
      "Bytes of answers",
      each(commands, ({ responseBytes }) => responseBytes),
    ),
    histogram(
      "request_seconds",
      "Time to the answer of requests that hold nothing",
      observed(commands, ({ answerSeconds }) => answerSeconds),
    ),
    counter(
      "dropped_total",
      "Requests whose client went away before the answer",
      each(commands, ({ dropped }) => dropped),
    ),
  ];
}

function holdMetrics(commands: Commands): readonly Metric[] {
  const held = new Map(commands);
  return [
    metric("gauge", "held", "Requests that are held now", [
      ...["Ping", "Sync"].map((command) => ({
        labels: { command },
        value: held.get(command)?.held ?? 0,
      })),
    ]),
    counter(
      "holds_ended_total",
      "Held requests that ended, by how",
      commands.flatMap(([command, { ended }]) =>
        Object.entries(ended).map(([outcome, value]) => ({ labels: { command, outcome }, value })),
      ),
    ),
    histogram(
      "heartbeat_seconds",
      "Intervals that requests are held for",
      observed(commands, ({ heartbeatSeconds }) => heartbeatSeconds),
    ),
  ];
}

function each(commands: Commands, count: (numbers: CommandNumbers) => number): readonly MetricValue[] {
  return commands.map(([command, numbers]) => ({ labels: { command }, value: count(numbers) }));
}

/** The histograms that have values. */
function observed(
  commands: Commands,
  counts: (numbers: CommandNumbers) => HistogramCounts,
): readonly (readonly [Labels, HistogramCounts])[] {
  return commands
    .map(([command, numbers]) => [{ command }, counts(numbers)] as const)
    .filter(([, histogramCounts]) => histogramCounts.counts.some((count) => count > 0));
}

function metric(type: Metric["type"], name: string, help: string, values: readonly MetricValue[]): Metric {
  return { name: `direct_push_${name}`, help, type, values, aggregator: "sum" };
}

function counter(name: string, help: string, values: readonly MetricValue[]): Metric {
  return metric("counter", name, help, values);
}

function histogram(name: string, help: string, all: readonly (readonly [Labels, HistogramCounts])[]): Metric {
  const full = `direct_push_${name}`;
  const values = all.flatMap(([labels, { bounds, counts, sum }]) => {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      return {
        labels: { le: bounds[index] ?? "+Inf", ...labels },
        value: total,
        metricName: `${full}_bucket`,
      };
    });
    return [
      ...buckets,
      { labels, value: sum, metricName: `${full}_sum` },
      { labels, value: total, metricName: `${full}_count` },
    ];
  });
  return metric("histogram", name, help, values);
}
