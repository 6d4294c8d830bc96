import type { BusyInterval } from "../mailbox/abilities/free-busy.js";
import type { CalendarItem } from "../mailbox/items/calendar.js";
import { occurrencesWithin } from "../mailbox/items/occurrences.js";
import { isRaw } from "./memory-item.js";
import type { MemoryUser } from "./memory-user.js";

/** The times at which a user is not free, of all of their calendars. The time of a series that cannot be worked out is unknown from its start on. */
export function busyIntervals(user: MemoryUser, fromMs: number, beforeMs: number): readonly BusyInterval[] {
  const intervals: BusyInterval[] = [];
  for (const { id } of user.folders.list) {
    for (const { content, dateMs } of user.journal(id)?.items() ?? []) {
      if (isRaw(content) || content.class !== "Calendar") continue;
      intervals.push(...intervalsOf(content, dateMs, fromMs, beforeMs));
    }
  }
  return intervals;
}

const cancelled = 4;

function intervalsOf(
  item: CalendarItem,
  lastEndMs: number | undefined,
  fromMs: number,
  beforeMs: number,
): readonly BusyInterval[] {
  const occurrences = occurrencesWithin(item, fromMs, beforeMs);
  if (occurrences === undefined) {
    const endMs = lastEndMs ?? Number.MAX_SAFE_INTEGER;
    const isOutside = item.startTimeMs >= beforeMs || endMs <= fromMs;
    const isBusy = statusOf(item, undefined) !== undefined;
    return isOutside || !isBusy ? [] : [{ startMs: item.startTimeMs, endMs, status: "unknown" }];
  }
  return occurrences.flatMap(({ startMs, endMs, changed }) => {
    const status = statusOf(item, changed);
    return status === undefined ? [] : [{ startMs, endMs, status }];
  });
}

/** Undefined: free. */
function statusOf(
  item: CalendarItem,
  changed: Pick<CalendarItem, "busyStatus" | "meetingStatus"> | undefined,
): "tentative" | "busy" | "out-of-office" | undefined {
  const status = changed?.busyStatus ?? item.busyStatus ?? "busy";
  const meetingStatus = changed?.meetingStatus ?? item.meetingStatus ?? 0;
  const isFree = status === "free" || status === "working-elsewhere";
  return isFree || (meetingStatus & cancelled) !== 0 ? undefined : status;
}
