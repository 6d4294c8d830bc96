import { carriedSeconds, failedAtSeconds, type HeldPing, isFailure, livedSeconds } from "./hold-outcome.js";

/** What the Pings that have ended say of the path, taken together. */
export interface Evidence {
  /** The longest interval that is known to be carried, in seconds; 0 for none. */
  readonly carriedSeconds: number;
  /** The age at which Pings fail, in seconds; Infinity for none. */
  readonly failsAtSeconds: number;
  /** The failures that count. Others were chance: a longer Ping lived on. */
  readonly failures: readonly HeldPing[];
  /** Whether two Pings that were sent at different times failed at that age: one moment's trouble cuts all that are under way. */
  readonly isConfirmed: boolean;
}

/** Weighs what has ended. */
export function weigh(ended: readonly HeldPing[]): Evidence {
  const carried = Math.max(0, ...ended.map(carriedSeconds));
  const lived = Math.max(0, ...ended.map(livedSeconds));
  const failures = ended.filter(
    (held) =>
      isFailure(held.outcome) && failedAtSeconds(held) > carried && !isBelow(failedAtSeconds(held), lived),
  );
  const failsAt = Math.min(Number.POSITIVE_INFINITY, ...failures.map(failedAtSeconds));
  const isConfirmed = failures.some((one) => failures.some((other) => isApart(one, other, failsAt)));
  return { carriedSeconds: carried, failsAtSeconds: failsAt, failures, isConfirmed };
}

/** Whether an age is below another by more than timers and networks account for: a second, and a twentieth. */
function isBelow(seconds: number, otherSeconds: number): boolean {
  return seconds < otherSeconds - Math.max(1, otherSeconds / 20);
}

function isApart(one: HeldPing, other: HeldPing, failsAtSeconds: number): boolean {
  return one.startedSeconds - other.startedSeconds > Math.min(2, failsAtSeconds / 4);
}
