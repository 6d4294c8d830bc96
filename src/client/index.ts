/**
 * What a phone does, as a library: the device's side of Direct Push.
 *
 * @packageDocumentation
 */
export type {
  HeartbeatStrategy,
  IntervalCircumstances,
  IntervalOutcome,
} from "./heartbeat/heartbeat-strategy.js";
