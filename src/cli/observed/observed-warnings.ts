import type { ConnectionsCutEvent, HeartbeatsShortEvent } from "../../events.js";

/** A warning of the health of heartbeats, as plain data. */
export type Warning = {
  readonly node: string;
  /** In milliseconds since the Unix epoch. */
  readonly atMs: number;
} & (
  | ({ readonly kind: "heartbeats-short" } & HeartbeatsShortEvent)
  | ({ readonly kind: "connections-cut" } & ConnectionsCutEvent)
);

/** How many warnings are kept. */
const KEPT = 20;

/** The newest of several lists of warnings, the newest first. */
export function newestWarnings(lists: readonly (readonly Warning[])[]): Warning[] {
  return lists
    .flat()
    .sort((first, second) => second.atMs - first.atMs)
    .slice(0, KEPT);
}
