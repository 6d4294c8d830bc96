import type { IntervalEnd } from "./heartbeat-negotiator.js";

/** What one interval tells of the path that it took. Seconds are counted from the request's arrival at the server. */
export type PathEvidence =
  /** The answer reached the device, though the connection had been idle for so long. */
  | { readonly kind: "carried"; readonly seconds: number }
  /**
   * The answer was written and did not reach the device, which waited for it until its own timeout; or keep-alive probes found the path dead
   * at this age, and the device waited on.
   */
  | { readonly kind: "lost"; readonly seconds: number }
  /** Something ended the connection at this age, and the device asked again. It may have been the device itself: only a repeated age counts. */
  | { readonly kind: "cut"; readonly seconds: number };

/** How an interval ended, as the server saw it. */
export interface EndedInterval {
  readonly command: string;
  readonly askedSeconds: number;
  readonly outcome: IntervalEnd;
  readonly heldSeconds: number;
}

/** The device's next request: the only proof of what became of the answer. */
export interface FollowingRequest {
  readonly command: string;
  /** Seconds from the end of the interval to its arrival. */
  readonly afterSeconds: number;
  /** Whether it came from the network that the interval was held on. */
  readonly isSameNetwork: boolean;
}

/** No path that is worth a limit forgets a connection sooner; devices end and repeat requests within their first seconds all the time. */
export const LEAST_EVIDENCE_SECONDS = 20;

/** A device that got its answer asks again at once: within this, a new connection on a slow network included. */
const PROMPT_SECONDS = 10;
/** No device known gives up sooner after its own interval: Android waits 5 s, others 25 to 30. */
const LEAST_TIMEOUT_SECONDS = 4;
/** A device that timed out asks again within this after the end of its own interval; one that slept comes at any time. */
const MOST_TIMEOUT_SECONDS = 75;
/** Nor later than this share of a short interval: else a whole interval that another process held would look like a timeout. */
const MOST_TIMEOUT_SHARE = 0.6;
/** A device that was cut off asks again within this; one that went to sleep or out of coverage comes later. */
const REPEATED_WITHIN_SECONDS = 120;

/**
 * Reads an interval's end together with the request that followed. Undefined when it proves nothing:
 * - the device is on another network by then;
 * - it came back neither at once nor just after its own timeout: it slept, was out of coverage, or its user opened the app;
 * - it ended the request itself for something else, as most do when they start a Sync;
 * - it was too short to say anything about idle connections.
 *
 * That the kernel's probes timed out is never a cut: they do at an age that the server's own setting makes. A device that notices no more of it
 * than of a lost answer shows that the path was dead; one that comes back sooner was out of coverage, or has a new connection.
 */
export function evidenceOf(ended: EndedInterval, next: FollowingRequest): PathEvidence | undefined {
  const { outcome, heldSeconds: seconds } = ended;
  if (!next.isSameNetwork || seconds < LEAST_EVIDENCE_SECONDS) return undefined;
  if (outcome === "disconnected") return isRepeat(ended, next) ? { kind: "cut", seconds } : undefined;
  const isAnswered = outcome === "expired" || outcome === "changed";
  if (!isAnswered && outcome !== "timed-out") return undefined;
  const leftSeconds = Math.max(0, ended.askedSeconds - seconds);
  const sinceTimeoutSeconds = next.afterSeconds - leftSeconds;
  // A request after a timeout must never look like a prompt one: the device's shortest timeout is the bound.
  const promptSeconds = Math.min(PROMPT_SECONDS, LEAST_TIMEOUT_SECONDS + leftSeconds / 2);
  if (isAnswered && next.afterSeconds < promptSeconds)
    return isFollowUp(ended, next) ? { kind: "carried", seconds } : undefined;
  const mostSeconds = Math.min(MOST_TIMEOUT_SECONDS, ended.askedSeconds * MOST_TIMEOUT_SHARE);
  const hasTimedOut = sinceTimeoutSeconds >= LEAST_TIMEOUT_SECONDS && sinceTimeoutSeconds <= mostSeconds;
  return hasTimedOut ? { kind: "lost", seconds } : undefined;
}

/** Whether it is what the answer makes a device do: after a Ping, sync what changed, or ping again. Else it comes then by chance, answered or not. */
function isFollowUp({ command, outcome }: EndedInterval, next: FollowingRequest): boolean {
  return command !== "Ping" || (outcome === "expired") === (next.command === "Ping");
}

function isRepeat(ended: EndedInterval, next: FollowingRequest): boolean {
  return next.command === ended.command && next.afterSeconds <= REPEATED_WITHIN_SECONDS;
}
