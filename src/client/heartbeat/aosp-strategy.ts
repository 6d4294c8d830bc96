import { longestSeconds, wholeSeconds } from "./bounds.js";
import type { HeartbeatStrategy } from "./heartbeat-strategy.js";

/** What an Android device remembers. */
export interface AospState {
  readonly seconds: number;
}

const shortest = 480;
const longest = 1680;
const step = 300;

/**
 * The algorithm of Android's own Exchange app, since 4.4: 480 seconds first, 300 more after each interval that was carried up to 1680, and 300
 * less, not below 480, after any failure. It never settles: what died is asked for again as soon as the next shorter one is carried. A server's
 * value is taken as it is, outside of these bounds too.
 */
export const aospStrategy: HeartbeatStrategy<AospState> = {
  name: "AOSP",
  initial: () => ({ seconds: shortest }),
  interval: (state) => wholeSeconds(state.seconds, 1, longestSeconds),
  next(state, asked, outcome) {
    switch (outcome.kind) {
      case "expired":
        return { seconds: Math.min(longest, asked + step) };
      case "failed":
        return { seconds: Math.max(shortest, asked - step) };
      case "refused":
        return { seconds: wholeSeconds(outcome.nearestSeconds, 1, longestSeconds) };
      case "changed":
      case "abandoned":
        return state;
    }
  },
};
