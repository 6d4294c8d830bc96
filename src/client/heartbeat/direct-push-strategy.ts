import { longestSeconds, refusedBounds, type ServerBounds, withinBounds } from "./bounds.js";
import type { HeartbeatStrategy } from "./heartbeat-strategy.js";

/** The Direct Push parameters, as a carrier sets them on its devices. All in seconds, whole numbers from 1 to 3540. */
export interface DirectPushParameters {
  /** The first interval that is asked for. Default: 900 (15 minutes). */
  readonly initialSeconds?: number;
  /** Asked for when the first one died. Default: 480 (8 minutes). */
  readonly fallbackSeconds?: number;
  /** Added after each interval that was carried. Default: 240 (4 minutes). */
  readonly stepSeconds?: number;
  /** Never less than this, and the last resort when the fallback dies as well. Default: 60. */
  readonly minimumSeconds?: number;
  /** Never more than this. Default: 3540. */
  readonly maximumSeconds?: number;
}

/** What a device with the Direct Push parameters remembers. */
export interface DirectPushState {
  /** Asked for next, before bounds. */
  readonly seconds: number;
  /** The longest that was carried since the search began; absent before the first. */
  readonly carriedSeconds?: number;
  /** Whether the maximum is found: an interval died right after an increase. */
  readonly settled: boolean;
  readonly server: ServerBounds;
}

/**
 * The search that Direct Push devices make: the initial interval; the fallback when that dies; a step more after each that is carried; and
 * when one dies right after an increase, the one before it is the maximum from then on. A settled interval that dies begins the search again
 * at the fallback.
 */
export function directPushStrategy(
  parameters: DirectPushParameters = {},
): HeartbeatStrategy<DirectPushState> {
  const { initialSeconds = 900, fallbackSeconds = 480, stepSeconds = 240 } = parameters;
  const { minimumSeconds = 60, maximumSeconds = longestSeconds } = parameters;
  const interval = (state: DirectPushState): number =>
    withinBounds(state.seconds, minimumSeconds, maximumSeconds, state.server);

  const afterFailure = (state: DirectPushState, asked: number): DirectPushState => {
    const { server, carriedSeconds } = state;
    if (state.settled) return { seconds: fallbackSeconds, settled: false, server };
    if (carriedSeconds !== undefined && asked > carriedSeconds)
      return { seconds: carriedSeconds, carriedSeconds, settled: true, server };
    return { seconds: asked > fallbackSeconds ? fallbackSeconds : minimumSeconds, settled: false, server };
  };

  return {
    name: "Direct Push",
    initial: () => ({ seconds: initialSeconds, settled: false, server: {} }),
    interval,
    next(state, asked, outcome) {
      switch (outcome.kind) {
        case "expired":
          return state.settled
            ? state
            : { ...state, carriedSeconds: asked, seconds: Math.min(maximumSeconds, asked + stepSeconds) };
        case "refused":
          return { ...state, server: refusedBounds(state.server, asked, outcome.nearestSeconds) };
        case "failed":
          return afterFailure(state, asked);
        case "changed":
        case "abandoned":
          return state;
      }
    },
  };
}
