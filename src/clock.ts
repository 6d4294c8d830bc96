/** A pending timer of a {@link Clock}; opaque to everyone but the clock that made it. */
export type ClockTimer = object;

/** Time as this library sees it. Give another one to run a day of heartbeats in milliseconds (`direct-push/testing` has it). */
export interface Clock {
  /** Milliseconds since the Unix epoch; the server drops fractions. May jump, as wall clocks do: used for dates alone. */
  now(): number;
  /** Milliseconds of a clock that never jumps and never runs backwards: used for intervals. */
  monotonicNow(): number;
  /** Calls `callback` once after at least `delayMs`. The timer does not keep the process alive. */
  setTimer(callback: () => void, delayMs: number): ClockTimer;
  /** Cancels a timer; one that has fired or was cancelled is ignored. */
  clearTimer(timer: ClockTimer): void;
}

/** The system's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return timer;
  },
  clearTimer(timer) {
    clearTimeout(timer as NodeJS.Timeout);
  },
};

/** The same clock, whose dates are whole milliseconds: they go into records, ids and messages, which have no place for fractions. */
export function wholeMilliseconds(clock: Clock): Clock {
  return {
    now: () => Math.floor(clock.now()),
    monotonicNow: () => clock.monotonicNow(),
    setTimer: (callback, delayMs) => clock.setTimer(callback, delayMs),
    clearTimer: (timer) => clock.clearTimer(timer),
  };
}
