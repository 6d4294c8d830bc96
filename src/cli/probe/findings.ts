import { type Culprit, likelyCulprits } from "./culprits.js";
import { type Evidence, weigh } from "./evidence.js";
import { failedAtSeconds, type HeldPing, type HoldFailure, isFailure } from "./hold-outcome.js";
import type { ProbeProblem } from "./probe-device.js";
import type { ProbeRunResult } from "./probe-run.js";

/** A limit that was found. */
export interface FoundLimit {
  /** The longest interval that was carried, in seconds; 0 for none. */
  readonly fromSeconds: number;
  /** The age at which requests failed, in seconds: exact where their end was seen, else an upper bound. */
  readonly toSeconds: number;
  readonly failure: HoldFailure;
  /** Whether requests that were sent at different times failed so. Else it may have been one moment's trouble. */
  readonly isConfirmed: boolean;
  readonly culprits: readonly Culprit[];
}

/** What a probe has found. */
export interface Findings {
  /** `unknown` when it could not tell; `problem` then says why. */
  readonly verdict: "carries" | "does-not-carry" | "unknown";
  readonly wantSeconds: number;
  readonly upToSeconds: number;
  /** The longest interval that is known to be carried, in seconds; 0 for none. */
  readonly carriedSeconds: number;
  readonly limit: FoundLimit | undefined;
  /** The longest interval that the server itself accepts, where it is less than was asked for. */
  readonly serverMostSeconds: number | undefined;
  readonly problem: ProbeProblem | undefined;
}

/** Judges what was held against what is wanted. */
export function judge(run: ProbeRunResult, wantSeconds: number, upToSeconds: number): Findings {
  const evidence = weigh(run.held);
  const { carriedSeconds } = evidence;
  const limit = foundLimit(evidence);
  const serverMostSeconds = serverMost(run.held);
  const common = { wantSeconds, upToSeconds, carriedSeconds, limit, serverMostSeconds };
  if (carriedSeconds >= wantSeconds) return { ...common, verdict: "carries", problem: undefined };
  const isLimited = limit?.isConfirmed === true && limit.toSeconds <= wantSeconds;
  const isRefused = serverMostSeconds !== undefined && serverMostSeconds < wantSeconds;
  if (isLimited || isRefused) return { ...common, verdict: "does-not-carry", problem: undefined };
  return { ...common, verdict: "unknown", problem: run.problem ?? whyUnknown(run.held) };
}

function foundLimit({ failures, isConfirmed, carriedSeconds }: Evidence): FoundLimit | undefined {
  const [shortest] = [...failures].sort((a, b) => failedAtSeconds(a) - failedAtSeconds(b));
  if (shortest === undefined || !isFailure(shortest.outcome)) return undefined;
  const toSeconds = failedAtSeconds(shortest);
  const culprits = likelyCulprits(shortest.outcome, carriedSeconds, toSeconds);
  return { fromSeconds: carriedSeconds, toSeconds, failure: shortest.outcome, isConfirmed, culprits };
}

function serverMost(held: readonly HeldPing[]): number | undefined {
  const bounds = held.flatMap(({ askedSeconds, outcome }) =>
    outcome.kind === "refused" && outcome.nearestSeconds < askedSeconds ? [outcome.nearestSeconds] : [],
  );
  return bounds.length === 0 ? undefined : Math.min(...bounds);
}

function whyUnknown(held: readonly HeldPing[]): ProbeProblem {
  const has = (kind: string): boolean => held.some(({ outcome }) => outcome.kind === kind);
  const text = (code: ProbeProblem["code"], words: string): ProbeProblem => ({ code, text: words });
  if (held.some(({ outcome }) => isFailure(outcome))) {
    return text(
      "unsteady",
      "Requests failed, but at no age that repeats: the path is unsteady. Run the probe again.",
    );
  }
  if (has("early")) {
    return text(
      "ended-early",
      "The server ended the waits by itself before they were over. It may have learned that the path is cut, be shutting down, or another probe with the same devices is running. Run the probe again with --new-devices.",
    );
  }
  if (has("changed")) {
    return text("changing", "The watched folder changed again and again. Choose a quiet one with --folder.");
  }
  return text("server-trouble", "No request was held to its end.");
}
