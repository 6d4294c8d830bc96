import type { BusyInterval } from "../mailbox/abilities/free-busy.js";
import type { CalendarItem } from "../mailbox/items/calendar.js";
import { isRaw } from "./memory-item.js";
import type { MemoryUser } from "./memory-user.js";

/** The times at which a user is not free, of all of their calendars. Series are not worked out: their time is unknown from their start on. */
export function busyIntervals(user: MemoryUser, fromMs: number, beforeMs: number): readonly BusyInterval[] {
  const intervals: BusyInterval[] = [];
  for (const { id } of user.folders.list) {
    for (const { content, dateMs } of user.journal(id)?.items() ?? []) {
      if (isRaw(content) || content.class !== "Calendar") continue;
      const interval = intervalOf(content, dateMs);
      if (interval !== undefined && interval.startMs < beforeMs && interval.endMs > fromMs)
        intervals.push(interval);
    }
  }
  return intervals;
}

const cancelled = 4;

function intervalOf(item: CalendarItem, lastEndMs: number | undefined): BusyInterval | undefined {
  const { startTimeMs: startMs, endTimeMs: endMs, busyStatus: status = "busy", meetingStatus = 0 } = item;
  if (status === "free" || status === "working-elsewhere" || (meetingStatus & cancelled) !== 0)
    return undefined;
  if (item.recurrence === undefined) return { startMs, endMs, status };
  return { startMs, endMs: lastEndMs ?? Number.MAX_SAFE_INTEGER, status: "unknown" };
}
