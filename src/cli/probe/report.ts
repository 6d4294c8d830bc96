import { formatDuration } from "../duration.js";
import { formatAge, summarise } from "./describe-outcome.js";
import type { Findings, FoundLimit } from "./findings.js";
import type { ProbeRunResult } from "./probe-run.js";

/** Where a probe went. */
export interface ProbeSubject {
  readonly url: string;
  readonly user: string;
}

/** The exit status that says a verdict: 0 for carries, 1 for does not carry, 2 for unknown. */
export function exitStatus({ verdict }: Findings): 0 | 1 | 2 {
  return verdict === "carries" ? 0 : verdict === "does-not-carry" ? 1 : 2;
}

/** The report for people: what was held, what cuts where, and which setting to change. */
export function textReport(subject: ProbeSubject, run: ProbeRunResult, findings: Findings): string {
  const held = run.held.length === 0 ? [] : [...summarise(run.held).map((line) => `  ${line}`), ""];
  return [
    ...held,
    ...headline(subject, findings),
    ...limitLines(findings),
    ...serverLines(findings),
    "",
  ].join("\n");
}

/** The report for scripts: one JSON document; docs/deploying.md describes it. */
export function jsonReport(subject: ProbeSubject, run: ProbeRunResult, findings: Findings): string {
  const { verdict, wantSeconds, upToSeconds, carriedSeconds, limit, serverMostSeconds, problem } = findings;
  const document = {
    ...subject,
    verdict,
    wantSeconds,
    upToSeconds,
    carriedSeconds,
    limit: limit && {
      fromSeconds: limit.fromSeconds,
      toSeconds: rounded(limit.toSeconds),
      confirmed: limit.isConfirmed,
      end: limit.failure.kind === "cut" ? limit.failure.how : limit.failure.kind,
      ...(limit.failure.kind === "gateway" && { status: limit.failure.status, proxy: limit.failure.proxy }),
      likely: limit.culprits,
    },
    serverMostSeconds,
    problem,
    protocolVersion: run.ready?.version,
    server: run.ready?.server,
    folder: run.ready?.folder,
    atOnce: run.atOnce,
    elapsedSeconds: rounded(run.elapsedSeconds),
    pings: run.held.map(({ askedSeconds, startedSeconds, outcome }) => ({
      askedSeconds,
      startedSeconds: rounded(startedSeconds),
      ...outcome,
      ...("afterSeconds" in outcome && { afterSeconds: rounded(outcome.afterSeconds) }),
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function headline({ url }: ProbeSubject, findings: Findings): readonly string[] {
  const { verdict, wantSeconds, carriedSeconds, problem } = findings;
  const host = new URL(url).host;
  const most = carriedSeconds === 0 ? "" : ` It carried ${formatDuration(carriedSeconds)}.`;
  switch (verdict) {
    case "carries":
      return [
        `OK: the path to ${host} carries ${formatDuration(wantSeconds)}.${carriedSeconds > wantSeconds ? most : ""}`,
      ];
    case "does-not-carry":
      return [`NOT OK: the path to ${host} does not carry ${formatDuration(wantSeconds)}.${most}`];
    case "unknown":
      return [`UNKNOWN: ${problem?.text ?? "nothing was found out."}${most}`];
  }
}

function limitLines({ limit }: Findings): readonly string[] {
  if (limit === undefined) return [];
  const [first, ...others] = limit.culprits;
  return [
    "",
    `What cuts: ${whatCuts(limit)}${limit.isConfirmed ? "" : " It was seen once: run the probe again to be sure."}`,
    ...(first === undefined ? [] : [`Most likely: ${first.what}.`, `What to change: ${first.setting}.`]),
    ...(others.length === 0
      ? []
      : ["It may also be:", ...others.map(({ what, setting }) => `  - ${what}: ${setting}`)]),
    `Until then: heartbeat.maxSeconds: ${advisedMost(limit)} on the server keeps push alive.`,
  ];
}

function whatCuts({ failure, fromSeconds, toSeconds }: FoundLimit): string {
  const age = formatAge(toSeconds);
  switch (failure.kind) {
    case "gateway":
      return `${failure.proxy ?? "a proxy that does not give its name"} gives up after ${age} and answers HTTP ${failure.status} in the server's place.`;
    case "cut":
      return `the connection is ${failure.how === "reset" ? "reset" : "closed"} after ${age} without a byte.`;
    case "silent":
      return `between ${formatDuration(fromSeconds)} and ${age} something forgets the connection and tells nobody: the server's answer is lost.`;
  }
}

/**
 * A heartbeat that is safe: somewhat shorter than a cut that was seen, even if as much as its age was carried once; what was carried where the limit
 * lies somewhere above it.
 */
function advisedMost({ fromSeconds, toSeconds, failure }: FoundLimit): number {
  if (failure.kind !== "silent") return Math.max(1, Math.floor(toSeconds * 0.9));
  return fromSeconds > 0 ? fromSeconds : Math.max(1, Math.floor(toSeconds / 2));
}

function serverLines({ serverMostSeconds, wantSeconds }: Findings): readonly string[] {
  if (serverMostSeconds === undefined) return [];
  const isTooLittle = serverMostSeconds < wantSeconds;
  return [
    "",
    `The server itself accepts at most ${formatDuration(serverMostSeconds)} (Ping Status 5).${isTooLittle ? " Raise its longest heartbeat (heartbeat.maxSeconds) for more." : ""}`,
  ];
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
