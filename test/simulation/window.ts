import type { SimulatedClass } from "./form.js";

const dayMs = 86_400_000;
const days: Readonly<Record<string, number>> = { "1": 1, "2": 3, "3": 7, "4": 14 };

/** The filters that a phone chooses from. */
export const filtersOf: Readonly<Record<SimulatedClass, readonly string[]>> = {
  Email: ["0", "1", "2", "3", "4"],
  Calendar: ["0", "4"],
  Contacts: ["0"],
  Tasks: ["0"],
};

/** Items dated before this are outside of the window, which ends on a UTC day. */
export function cutoffMs(filter: string, nowMs: number): number {
  const length = days[filter];
  if (length === undefined) return Number.NEGATIVE_INFINITY;
  return Math.floor((nowMs - length * dayMs) / dayMs) * dayMs;
}
