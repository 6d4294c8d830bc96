import { descriptionOf } from "../../icalendar/meeting-event.js";
import type { CalendarItem } from "../../mailbox/items/calendar.js";
import type { Recurrence } from "../../mailbox/items/recurrence.js";
import { readTimeZone, writeTimeZone } from "../../mailbox/time-zone/time-zone-rules.js";

/**
 * What is different for those who are invited: when and where the meeting is, which is a new revision that asks for a new answer (RFC 5546, 2.1.4); something else that they
 * see; or nothing, as with reminders, categories and how the organizer's own time counts.
 */
export type MeetingChange = "schedule" | "details" | "none";

/** How a meeting, or an occurrence, differs from what it was; who is invited is not looked at. */
export function meetingChange(before: CalendarItem, after: CalendarItem): MeetingChange {
  if (textOf(scheduleOf(before)) !== textOf(scheduleOf(after))) return "schedule";
  return textOf(detailsOf(before)) === textOf(detailsOf(after)) ? "none" : "details";
}

/** Whether an attendee counts otherwise than before. */
export function attendeeTypes({ attendees = [] }: CalendarItem): string {
  const types = attendees.map(({ email, type = "required" }) => `${email.trim().toLowerCase()} ${type}`);
  return types.sort().join("\n");
}

function scheduleOf(item: CalendarItem): unknown {
  const { startTimeMs, endTimeMs, allDayEvent = false, recurrence, timezone, location } = item;
  // What is once is at the same instant in every time zone.
  const zone = recurrence === undefined || allDayEvent ? undefined : rulesOf(timezone);
  return { startTimeMs, endTimeMs, allDayEvent, recurrence: seriesOf(recurrence), zone, location };
}

function seriesOf(recurrence: Recurrence | undefined): unknown {
  if (recurrence === undefined) return undefined;
  // What is not said and what is said to be as usual is the same.
  const { interval = 1, calendarType = 0, isLeapMonth = false, firstDayOfWeek = 0, ...pattern } = recurrence;
  const week = recurrence.type === "weekly" ? firstDayOfWeek : 0;
  return { ...pattern, interval: interval || 1, calendarType, isLeapMonth, firstDayOfWeek: week };
}

/** Some devices leave the names of zones out. */
function rulesOf(timezone: string | undefined): string {
  const rules = readTimeZone(timezone);
  return rules === undefined ? "" : writeTimeZone({ ...rules, standardName: "" });
}

function detailsOf(item: CalendarItem): unknown {
  const { subject = "", responseRequested = true, disallowNewTimeProposal = false } = item;
  // A device that shows text alone sends that of a formatted body.
  const description = descriptionOf(item).replaceAll(/\s+/g, " ").trim();
  return { subject, responseRequested, disallowNewTimeProposal, description };
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
