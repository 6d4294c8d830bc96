import { type MappedNetwork, networks } from "../networks.js";
import { markdownTable, type ReportPart } from "../report-part.js";
import { type LearningRow, learningRows } from "./learning-rows.js";
import { carried, type PhoneHabits, quiet, type ServerRun } from "./server-week.js";

const days = 7;
const seeds = [1, 2, 3];

const head = [
  "network and phone",
  "min/day without push: off",
  "on",
  "all-knowing",
  "gone",
  "requests/day: off",
  "on",
  "all-knowing",
  "more than all-knowing",
];

function table(habits: PhoneHabits, chosen: readonly MappedNetwork[]): readonly string[] {
  const runs = seeds.map((seed) => learningRows(habits, seed, days * 86_400, chosen));
  const rows = runs[0]?.map((_, index) => cells(runs.flatMap((run) => run[index] ?? [])));
  return markdownTable(head, rows ?? []);
}

/** Phones that only ping. */
export const tableAtRest = (chosen: readonly MappedNetwork[]): readonly string[] => table(quiet, chosen);

/** Phones that are carried about, sleep, sync of their own accord and open second Pings. */
export const tableCarried = (chosen: readonly MappedNetwork[]): readonly string[] => table(carried, chosen);

function cells(rows: readonly LearningRow[]): readonly string[] {
  const total = (server: "off" | "on" | "ideal", measure: (run: ServerRun) => number) =>
    rows.reduce((sum, row) => sum + measure(row[server]), 0) / rows.length / days;
  const minutes = (server: "off" | "on" | "ideal") => total(server, ({ deadSeconds }) => deadSeconds / 60);
  const requests = (server: "off" | "on" | "ideal") => total(server, (run) => run.requests);
  const avoidable = minutes("off") - minutes("ideal");
  const [network, phone] = [rows[0]?.network.name, rows[0]?.phone.name];
  return [
    `${network}: ${phone}`,
    minutes("off").toFixed(1),
    minutes("on").toFixed(1),
    minutes("ideal").toFixed(1),
    avoidable < 1 ? "–" : percent((minutes("off") - minutes("on")) / avoidable),
    requests("off").toFixed(0),
    requests("on").toFixed(0),
    requests("ideal").toFixed(0),
    percent(requests("on") / requests("ideal") - 1),
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** The one table on every network. */
export const serverAtRest: ReportPart = { marker: "server at rest", lines: () => tableAtRest(networks) };

/** The other. */
export const serverCarried: ReportPart = {
  marker: "server carried about",
  lines: () => tableCarried(networks),
};
