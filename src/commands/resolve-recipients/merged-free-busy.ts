import type { BusyInterval } from "../../mailbox/abilities/free-busy.js";
import type { AskedTime } from "./request.js";

const slotMs = 30 * 60_000;

const digits: Readonly<Record<BusyInterval["status"], number>> = {
  tentative: 1,
  busy: 2,
  "out-of-office": 3,
  unknown: 4,
};

/** How many half hours a time has, a begun one counted whole. */
function slotsOf({ startMs, endMs }: AskedTime): number {
  return Math.ceil((endMs - startMs) / slotMs);
}

/**
 * The MergedFreeBusy of a time ([MS-ASCMD] 2.2.3.107): a digit for each half hour from its start, the greatest of what falls into it. 0 free, 1 tentative,
 * 2 busy, 3 out of office, 4 not known.
 */
export function mergedFreeBusy(time: AskedTime, intervals: readonly BusyInterval[]): string {
  const slots = new Uint8Array(slotsOf(time));
  for (const { startMs, endMs, status } of intervals) {
    const first = Math.max(0, Math.floor((startMs - time.startMs) / slotMs));
    const beyond = Math.min(slots.length, Math.ceil((endMs - time.startMs) / slotMs));
    for (let slot = first; slot < beyond; slot += 1) {
      slots[slot] = Math.max(slots[slot] ?? 0, digits[status]);
    }
  }
  return slots.join("");
}
