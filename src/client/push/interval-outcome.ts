import type { IntervalOutcome } from "../heartbeat/heartbeat-strategy.js";
import type { ClientFailure } from "../session/client-failure.js";

/** Statuses with which proxies answer in the place of a server that they stopped waiting for. */
const proxyStatuses: ReadonlySet<number> = new Set([502, 504, 524]);

/** What ends sooner says nothing of the interval: the server was away, not the network. */
const leastTellingSeconds = 1;

/**
 * What "no changes" says: one that comes well before the interval is over (a newer request, a server that closes, or one that knows the network)
 * does not prove that the network carries the whole of it.
 */
export function quietOutcome(askedSeconds: number, afterSeconds: number): IntervalOutcome {
  return isEarly(askedSeconds, afterSeconds) ? { kind: "changed", afterSeconds } : { kind: "expired" };
}

/** Whether an answer came clearly before the end of the interval. */
export function isEarly(askedSeconds: number, afterSeconds: number): boolean {
  return afterSeconds < askedSeconds - Math.max(2, askedSeconds * 0.03);
}

/** What a failure says of the interval. `heldSeconds` is for how long the request was under way. */
export function failedOutcome(failure: ClientFailure, heldSeconds: number): IntervalOutcome {
  const abandoned = { kind: "abandoned", afterSeconds: heldSeconds } as const;
  if (failure.kind === "no-answer") {
    const { how, afterSeconds } = failure;
    if (how === "silent") return { kind: "failed", how: "silent", afterSeconds };
    if (how === "unreachable" || afterSeconds < leastTellingSeconds) return abandoned;
    return { kind: "failed", how: "cut", afterSeconds };
  }
  if (failure.kind === "busy" && proxyStatuses.has(failure.httpStatus)) {
    const { afterSeconds } = failure;
    if (afterSeconds >= leastTellingSeconds) return { kind: "failed", how: "cut", afterSeconds };
  }
  return abandoned;
}
