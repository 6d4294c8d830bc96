import { type Clock, systemClock } from "../clock.js";
import { DirectPushError } from "../errors.js";
import type { Spreading } from "../push/spread-over.js";

/** How a source that goes through a relay behaves. */
export interface RelaySourceOptions {
  /**
   * How long a mailbox stays subscribed to after its last watch, in milliseconds, 0 to 3600000. Default 30000: the phone's next Ping comes
   * within seconds.
   */
  readonly lingerMs?: number;
  /** Over how many milliseconds held requests are compared after an interruption, 0 to 600000. Default 2000. */
  readonly spreadMs?: number;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** A number from 0 to below 1, for jitter. Default: `Math.random`. */
  random?(): number;
}

/** The options with every default filled in. */
export interface ResolvedRelaySourceOptions {
  readonly clock: Clock;
  readonly lingerMs: number;
  readonly spreading: Spreading;
}

/** @throws DirectPushError `ERR_OPTION_INVALID` naming the option, the bound and the value. */
export function resolveRelaySourceOptions(options: RelaySourceOptions): ResolvedRelaySourceOptions {
  const { lingerMs = 30_000, spreadMs = 2_000, clock = systemClock } = options;
  assertBetween("lingerMs", lingerMs, 3_600_000);
  assertBetween("spreadMs", spreadMs, 600_000);
  const random = options.random?.bind(options) ?? Math.random;
  return { clock, lingerMs, spreading: { clock, spreadMs, random } };
}

function assertBetween(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  throw new DirectPushError(
    "ERR_OPTION_INVALID",
    `${name} must be a whole number from 0 to ${most}, got ${String(value)}`,
  );
}
