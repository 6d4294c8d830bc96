import {
  cloudflare,
  haproxy,
  type KnownLimit,
  knownLimits,
  nodeTimeout,
  type TimedLimit,
} from "../../push/known-limits.js";
import type { HoldFailure } from "./hold-outcome.js";

/** Something that is known to end held requests, and what to set. */
export interface Culprit {
  readonly what: string;
  readonly setting: string;
}

const silent: Culprit = {
  what: "a NAT or a firewall that forgets idle connections, the one of your own network included",
  setting:
    "its time-out for idle (established) TCP connections to 30 min or more. Where it is not yours: the phone finds the limit by itself, or lower heartbeat.maxSeconds",
};
const boxInOrder: Culprit = {
  what: "a load balancer or firewall with an idle time-out",
  setting: "its idle time-out above heartbeat.maxSeconds, 3600 s say",
};

/**
 * What has most likely ended a request, most likely first.
 *
 * @param fromSeconds the longest interval that was carried
 * @param toSeconds the age at which requests failed; exact where their end was seen
 */
export function likelyCulprits(
  failure: HoldFailure,
  fromSeconds: number,
  toSeconds: number,
): readonly Culprit[] {
  return suspects(failure, fromSeconds, toSeconds).map(({ what, setting }) => ({ what, setting }));
}

function suspects(failure: HoldFailure, fromSeconds: number, toSeconds: number): readonly Culprit[] {
  if (failure.kind === "gateway") {
    const called = knownLimits.filter(({ calledLike }) => calledLike?.test(failure.proxy ?? "") === true);
    if (called.length > 0) return called;
    if (failure.status === 524) return [cloudflare];
    const byAge = openAt(toSeconds);
    return failure.proxy === undefined ? [haproxy, ...byAge] : [...byAge, haproxy];
  }
  if (failure.kind === "cut") return [...openAt(toSeconds), nodeTimeout, boxInOrder];
  return [
    ...limitedLike(({ seconds, seen }) => seen !== "open" && seconds > fromSeconds && seconds <= toSeconds),
    silent,
  ];
}

function openAt(ageSeconds: number): readonly KnownLimit[] {
  return limitedLike(
    ({ seconds, seen }) => seen !== "silence" && Math.abs(ageSeconds - seconds) <= Math.max(1, seconds / 40),
  );
}

/** Of what has such a limit; the probe itself has none. */
function limitedLike(matches: (limit: TimedLimit) => boolean): readonly KnownLimit[] {
  return knownLimits.filter(({ limits }) =>
    limits.some((limit) => limit.isClients !== true && matches(limit)),
  );
}
