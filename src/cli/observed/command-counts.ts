import type { EndedEvent } from "../../events.js";
import { Histogram, type HistogramCounts } from "./histogram.js";

/** Bounds of the histogram of answers, in seconds. */
const ANSWER_SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30] as const;
/** Bounds of the histogram of heartbeat intervals, in seconds. */
export const HEARTBEAT_SECONDS = [
  60, 120, 240, 360, 480, 600, 720, 900, 1_200, 1_500, 1_800, 2_400, 3_000, 3_540,
] as const;

/** How a held request can end. */
export type EndKind = EndedEvent["kind"];

/** Counts of which each may be missing: it is 0 then. */
export type Counts<Name extends string> = Partial<Record<Name, number>>;

/** What is counted of one command, as plain data. */
export interface CommandNumbers {
  /** Requests that were answered, by HTTP status. */
  readonly requests: Readonly<Record<string, number>>;
  /** Bytes of answers' bodies. */
  readonly responseBytes: number;
  /** Requests whose client went away before the answer. */
  readonly dropped: number;
  /** Time to the answer of requests that were not held, in seconds. */
  readonly answerSeconds: HistogramCounts;
  /** Requests that are held now. */
  readonly held: number;
  /** Held requests that have ended, by how. */
  readonly ended: Readonly<Counts<EndKind>>;
  /** The intervals that requests were held for, in seconds. */
  readonly heartbeatSeconds: HistogramCounts;
}

/** Counts what becomes of one command. */
export class CommandCounts {
  readonly #requests: Record<string, number> = {};
  #responseBytes = 0;
  #dropped = 0;
  readonly #answerSeconds = new Histogram(ANSWER_SECONDS);
  #held = 0;
  readonly #ended: Counts<EndKind> = {};
  readonly #heartbeatSeconds = new Histogram(HEARTBEAT_SECONDS);

  /** A request that was answered. @param seconds undefined for one that was held. */
  answered(status: number, responseBytes: number, seconds: number | undefined): void {
    bump(this.#requests, String(status));
    if (Number.isFinite(responseBytes)) this.#responseBytes += responseBytes;
    if (seconds !== undefined) this.#answerSeconds.observe(seconds);
  }

  /** A request whose client went away. */
  dropped(): void {
    this.#dropped += 1;
  }

  /** A request that is held from now on. */
  held(heartbeatSeconds: number): void {
    this.#held += 1;
    this.#heartbeatSeconds.observe(heartbeatSeconds);
  }

  /** A held request that has ended. */
  ended(kind: EndKind): void {
    // One that was held before anything was counted ends, too.
    this.#held = Math.max(0, this.#held - 1);
    bump(this.#ended, kind);
  }

  /** A copy of all counts. */
  snapshot(): CommandNumbers {
    return {
      requests: { ...this.#requests },
      responseBytes: this.#responseBytes,
      dropped: this.#dropped,
      answerSeconds: this.#answerSeconds.counts(),
      held: this.#held,
      ended: { ...this.#ended },
      heartbeatSeconds: this.#heartbeatSeconds.counts(),
    };
  }
}

/** Adds to one of several counts. */
export function bump<Name extends string>(counts: Counts<Name>, name: Name, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}

/** The sum of counts. */
export function addCounts<Name extends string>(
  all: readonly Readonly<Partial<Record<Name, number>>>[],
): Record<Name, number> {
  const sum: Partial<Record<Name, number>> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts) as [Name, number][])
      sum[name] = (sum[name] ?? 0) + count;
  }
  return sum as Record<Name, number>;
}
