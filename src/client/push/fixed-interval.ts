import type { HeartbeatStrategy } from "../heartbeat/heartbeat-strategy.js";

/** What a device with a fixed interval remembers: what the server would accept instead, if it refused the interval. */
export interface FixedIntervalState {
  readonly acceptedSeconds?: number;
}

/** Asks for the same interval always, or for the nearest that the server accepts: for tests, demos, and networks that are known well. */
export function fixedInterval(seconds: number): HeartbeatStrategy<FixedIntervalState> {
  return {
    name: `fixed-${seconds}`,
    initial: () => ({}),
    interval: ({ acceptedSeconds }) => acceptedSeconds ?? seconds,
    next: (state, _asked, outcome) =>
      outcome.kind === "refused" ? { acceptedSeconds: outcome.nearestSeconds } : state,
  };
}
