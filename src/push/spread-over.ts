import type { Clock, ClockTimer } from "../clock.js";

/** How work after an interruption is spread, so that processes which were interrupted together do not come back together. */
export interface Spreading {
  readonly clock: Clock;
  /** About how long it takes, in milliseconds; 0 does all of it at once. */
  readonly spreadMs: number;
  /** A number from 0 to below 1. */
  random(): number;
}

/** Entries that are handled together. */
const sliceSize = 100;

/**
 * Hands entries over in slices, the first after a random time of up to `spreadMs`, all of them within twice that.
 *
 * @param handle called with each slice. Must not throw.
 * @returns forgets the slices that are left.
 */
export function spreadOver<T>(
  entries: readonly T[],
  { clock, spreadMs, random }: Spreading,
  handle: (slice: readonly T[]) => void,
): () => void {
  const pauseMs = (spreadMs * sliceSize) / Math.max(entries.length, 1);
  let timer: ClockTimer | undefined;
  const goOn = (from: number): void => {
    timer = undefined;
    handle(entries.slice(from, from + sliceSize));
    if (from + sliceSize < entries.length) schedule(from + sliceSize, Math.min(pauseMs, spreadMs));
  };
  const schedule = (from: number, delayMs: number): void => {
    timer = clock.setTimer(() => goOn(from), delayMs);
  };
  if (entries.length > 0) schedule(0, random() * spreadMs);
  return () => {
    if (timer !== undefined) clock.clearTimer(timer);
    timer = undefined;
  };
}
