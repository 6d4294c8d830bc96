import { longestSeconds, refusedBounds, type ServerBounds, withinBounds } from "./bounds.js";
import type { HeartbeatStrategy } from "./heartbeat-strategy.js";

/** The settings of Windows Mobile, as a maker of devices sets them. All in seconds, whole numbers from 1 to 3540. */
export interface WindowsMobileSettings {
  /** HeartbeatDefault. Default: 480. */
  readonly defaultSeconds?: number;
  /** HeartbeatIncrement. Default: 300. */
  readonly incrementSeconds?: number;
  /** HeartbeatMin. Default: 480. */
  readonly minimumSeconds?: number;
  /** HeartbeatMax. Default: 3540. */
  readonly maximumSeconds?: number;
}

/** What a Windows Mobile device remembers. */
export interface WindowsMobileState {
  /** Asked for next, before bounds. */
  readonly seconds: number;
  /** What was carried before the increase that is being tried; absent when the last request was no increase. */
  readonly previousSeconds?: number;
  readonly server: ServerBounds;
}

/**
 * The algorithm that Microsoft published for Windows Mobile: an increment more after each interval that was carried. When none was answered:
 * back to the one before if it was an increase, and to the minimum if it was not. It never settles.
 */
export function windowsMobileStrategy(
  settings: WindowsMobileSettings = {},
): HeartbeatStrategy<WindowsMobileState> {
  const { defaultSeconds = 480, incrementSeconds = 300 } = settings;
  const { minimumSeconds = 480, maximumSeconds = longestSeconds } = settings;
  return {
    name: "Windows Mobile",
    initial: () => ({ seconds: defaultSeconds, server: {} }),
    interval: (state) => withinBounds(state.seconds, minimumSeconds, maximumSeconds, state.server),
    next(state, asked, outcome) {
      const { server } = state;
      switch (outcome.kind) {
        case "expired": {
          const seconds = Math.min(maximumSeconds, asked + incrementSeconds);
          return seconds > asked ? { seconds, previousSeconds: asked, server } : { seconds: asked, server };
        }
        case "failed":
          return { seconds: state.previousSeconds ?? minimumSeconds, server };
        case "refused":
          return { ...state, server: refusedBounds(server, asked, outcome.nearestSeconds) };
        case "changed":
        case "abandoned":
          return state;
      }
    },
  };
}
