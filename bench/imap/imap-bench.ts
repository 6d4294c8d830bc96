import { dovecotIsThere } from "../../test/integration/dovecot.js";
import { type BenchRow, median, quantile } from "../row.js";
import { measureInitialSync } from "./initial-sync.js";
import { type ImapRun, type ImapWay, measureImapRun } from "./measure-run.js";

const notify: ImapWay = { name: "NOTIFY", told: "NOTIFY", isSecure: false, hibernates: false };
const idle: ImapWay = { name: "IDLE", told: "IDLE", isSecure: false, hibernates: false };
const hibernated: ImapWay = { ...idle, name: "IDLE with hibernation", hibernates: true };

/** How much is measured. */
export interface ImapBenchOptions {
  /** The folder of the compiled processes. */
  readonly build: string;
  /** How many phones are held, each number in turn. */
  readonly phones: readonly number[];
  /** Less of everything. */
  readonly quick: boolean;
  readonly rounds: number;
  /** Names of the ways that are measured, and nothing else is. Default: all that make sense. */
  readonly ways: readonly string[] | undefined;
}

/** A whole server in front of a Dovecot of its own; nothing where there is none. */
export async function benchImap({
  build,
  phones: counts,
  quick,
  rounds,
  ways: asked,
}: ImapBenchOptions): Promise<BenchRow[]> {
  if (!dovecotIsThere()) {
    console.error("imap is left out: it needs Dovecot (dovecot-imapd and dovecot-lmtpd)");
    return [];
  }
  const rows: BenchRow[] = [];
  for (const phones of counts) {
    const scale = { build, phones, wakes: quick ? 20 : 50, idleSeconds: quick ? 3 : 10 };
    const usual = phones < 500 ? [notify, idle, hibernated] : allWays;
    const ways = asked === undefined ? usual : allWays.filter(({ name }) => asked.includes(name));
    for (const way of ways) {
      const runs: ImapRun[] = [];
      for (let round = 0; round < rounds; round += 1) {
        runs.push(await measureImapRun(way, scale));
        console.error(`${phones} phones, ${way.name}: round ${round + 1} of ${rounds} is over`);
      }
      rows.push(...rowsOf(way, phones, runs));
    }
  }
  if (asked === undefined) rows.push(...(await measureInitialSync(build, notify, rounds)));
  return rows;
}

const allWays: readonly ImapWay[] = [
  notify,
  idle,
  { name: "NOTIFY over TLS", told: "NOTIFY", isSecure: true, hibernates: false },
  hibernated,
];

function rowsOf({ name, isSecure }: ImapWay, phones: number, runs: readonly ImapRun[]): BenchRow[] {
  const group = `${phones} phones held, ${name}`;
  const all = (field: "answeredMs" | "toldMs" | "hookedMs"): readonly number[] =>
    runs.flatMap((run) => run[field]);
  const of = (field: Exclude<keyof ImapRun, "answeredMs" | "toldMs" | "hookedMs">): number =>
    median(runs.map((run) => run[field]));
  const [answered, told, hooked] = [all("answeredMs"), all("toldMs"), all("hookedMs")];
  const hasBaseline = !isSecure;
  const row = (name: string, unit: string, value: number, target?: string, ok?: boolean): BenchRow => ({
    group,
    name,
    unit,
    value,
    ...(target !== undefined && { target }),
    ...(ok !== undefined && { ok }),
  });
  const times = (name: string, values: readonly number[], target?: number): BenchRow[] => [
    row(
      `${name}, p50`,
      "ms",
      median(values),
      target === undefined ? undefined : `<= ${target} ms`,
      target === undefined ? undefined : median(values) <= target,
    ),
    row(`${name}, p95`, "ms", quantile(values, 0.95)),
    row(`${name}, p99`, "ms", quantile(values, 0.99)),
  ];
  const kilobytes = (bytes: number): number => bytes / 1_000;
  const rss = kilobytes(of("nodeRssBytes"));
  const connections = of("connectionsPerUser");
  return [
    ...times("delivered to Ping answered", answered, 100),
    ...(hasBaseline ? times("delivered to told by Dovecot", told) : []),
    ...(hasBaseline
      ? [row("answered later than Dovecot tells others, p50", "ms", median(answered) - median(told))]
      : []),
    ...times("delivered to Ping answered, told by a hook", hooked, 100),
    row("Node, heap and external memory of a phone", "kB", kilobytes(of("nodeHeapBytes"))),
    row("Node, RSS of a phone", "kB", rss, "<= 150 kB", rss <= 150),
    row("Dovecot, RSS of a phone", "kB", kilobytes(of("dovecotRssBytes"))),
    row("Dovecot, PSS of a phone", "kB", kilobytes(of("dovecotPssBytes"))),
    row("Node, idle CPU of a core", "", of("nodeIdleCpu")),
    row("Dovecot, idle CPU of a core", "", of("dovecotIdleCpu")),
    row("connections of a user with 3 devices", "", connections, "1", connections === 1),
  ];
}
