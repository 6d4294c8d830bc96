import type { Clock } from "../../src/clock.js";

/** So many seconds pass in one: what takes minutes on a phone is over in seconds, and every rule keeps its proportions. */
export const HURRY = 40;

const beganMs = Date.now();

/** The system's clock in a hurry, the same in each process that starts at about the same time. */
export const hurriedClock: Clock = {
  now: () => beganMs + (Date.now() - beganMs) * HURRY,
  monotonicNow: () => performance.now() * HURRY,
  setTimer: (callback, delayMs) => setTimeout(callback, delayMs / HURRY),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
