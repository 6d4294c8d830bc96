import { type Clock, systemClock } from "../clock.js";

/** The system's clock with timers that keep the process alive: a device that waits before it tries again is not done. */
export const clientClock: Clock = {
  ...systemClock,
  setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
};
