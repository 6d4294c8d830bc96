import { contestants, manyLimits, mean, measureAll, median } from "./contest.js";
import type { Measures } from "./measures.js";
import { type MappedNetwork, networks } from "./networks.js";
import { markdownTable, type ReportPart } from "./report-part.js";

const seeds = [1, 2, 3];

const count = (value: number): string =>
  value >= 10 ? Math.round(value).toLocaleString("en") : value.toFixed(1).replace(/\.0$/, "");

/** Seconds as a reader takes them in: `45 s`, `13:00 min`, `5:48 h`. */
function duration(seconds: number): string {
  if (Number.isNaN(seconds)) return "–";
  if (!Number.isFinite(seconds)) return "never";
  const [unit, name] = seconds >= 3600 ? [3600, "h"] : [60, "min"];
  if (seconds < 60) return `${count(seconds)} s`;
  const parts = Math.round((seconds / unit) * 60);
  return `${Math.floor(parts / 60)}:${String(parts % 60).padStart(2, "0")} ${name}`;
}

const head = [
  "",
  "requests a day",
  "failed a week",
  "minutes a day without push",
  "mean delay of a mail",
  "found after",
  "failed until then",
  "minutes without push until then",
  "interval afterwards",
];

function cells(measures: readonly Measures[]): readonly string[] {
  const of = (pick: (one: Measures) => number) => mean(measures.map(pick));
  const known = measures.map((one) => one.intervalAfterwardsSeconds).filter((value) => !Number.isNaN(value));
  return [
    count(of((one) => one.requestsPerDay)),
    count(of((one) => one.failuresPerWeek)),
    count(of((one) => one.deadMinutesPerDay)),
    duration(of((one) => one.meanDelaySeconds)),
    duration(median(measures.map((one) => one.foundAfterSeconds))),
    count(of((one) => one.failuresUntilFound)),
    count(of((one) => one.deadMinutesUntilFound)),
    duration(mean(known)),
  ];
}

/** Every strategy on one network. */
export function networkTable(network: MappedNetwork): readonly string[] {
  const rows = contestants.map((contestant) => [
    contestant.name,
    ...cells(measureAll(contestant, network, seeds)),
  ]);
  return [`**${network.name}**`, "", ...markdownTable(head, rows), ""];
}

/** Every strategy on every network. */
export const deviceNetworks: ReportPart = {
  marker: "device networks",
  lines: () => networks.flatMap(networkTable),
};

function limitsTable(limits: readonly MappedNetwork[]): readonly string[] {
  const rows = contestants.map((contestant) => {
    const measures = limits.flatMap((network) => measureAll(contestant, network, seeds));
    const found = measures.filter((one) => Number.isFinite(one.foundAfterSeconds)).length;
    const of = (pick: (one: Measures) => number) => count(mean(measures.map(pick)));
    return [
      contestant.name,
      `${Math.round((100 * found) / measures.length)} %`,
      of((one) => one.failuresUntilFound),
      of((one) => one.deadMinutesUntilFound),
      of((one) => one.failuresPerWeek),
      of((one) => one.deadMinutesPerDay),
      of((one) => one.requestsPerDay),
    ];
  });
  return markdownTable(
    [
      "",
      "found the limit",
      "failed until then",
      "minutes without push until then",
      "failed a week",
      "minutes a day without push",
      "requests a day",
    ],
    rows,
  );
}

/** Every strategy over limits that are none of the named networks, apart where every strategy begins above the limit. */
export const deviceLimits: ReportPart = {
  marker: "device limits",
  lines: () => {
    const limits = manyLimits(24);
    const isShort = (network: MappedNetwork) => network.idealSeconds(0) < 480;
    return [
      "Limits from 8 to 59 minutes:",
      "",
      ...limitsTable(limits.filter((network) => !isShort(network))),
      "",
      "Limits from 30 seconds to 8 minutes, below the first interval of every strategy:",
      "",
      ...limitsTable(limits.filter(isShort)),
    ];
  },
};
