import type { ChangedOccurrence } from "../../mailbox/items/calendar.js";
import {
  type CalendarTime,
  type EventTimes,
  eventTimes,
  reminderSecondsOf,
  timeOf,
  timesOf,
} from "./calendar-times.js";
import { attendeesOf, busyStatusOf, sensitivityOf, sequenceOf } from "./event-details.js";
import { type Component, propertyText } from "./ical.js";

const dayMs = 86_400_000;
/** [MS-ASCAL] 2.2.2.20. */
const maxExceptions = 256;

/** What of a series is not as its rule says. */
export interface SeriesOccurrences {
  /** Unmodified starts. */
  readonly deletedMs: readonly number[];
  readonly changed: readonly ChangedOccurrence[];
}

/** A series that is all as its rule says. */
export const noOccurrences: SeriesOccurrences = { deletedMs: [], changed: [] };

/** The occurrences that a calendar leaves out of a series (EXDATE, or cancelled) or tells apart (RECURRENCE-ID; RFC 5545, 3.8.4.4). */
export function occurrencesOf(
  calendar: Component,
  series: Component,
  { isAllDay }: EventTimes,
): SeriesOccurrences {
  const originalStart = ({ ms, localMs }: CalendarTime): number =>
    isAllDay ? Math.floor(localMs / dayMs) * dayMs : ms;
  const deleted = new Set(
    series.getAllProperties("exdate").flatMap((property) => timesOf(calendar, property).map(originalStart)),
  );
  const changed = new Map<number, ChangedOccurrence>();
  for (const event of overridesOf(calendar, series)) {
    const instance = timeOf(calendar, event, "recurrence-id");
    if (instance === undefined || changed.size + deleted.size >= maxExceptions) continue;
    const originalStartMs = originalStart(instance);
    if (propertyText(event, "status")?.toUpperCase() === "CANCELLED") deleted.add(originalStartMs);
    else changed.set(originalStartMs, changedOccurrence(calendar, event, series, originalStartMs));
  }
  return {
    deletedMs: [...deleted].filter((ms) => !changed.has(ms)).slice(0, maxExceptions),
    changed: [...changed.values()],
  };
}

function overridesOf(calendar: Component, series: Component): readonly Component[] {
  const uid = propertyText(series, "uid");
  return calendar
    .getAllSubcomponents("vevent")
    .filter((event) => event !== series && propertyText(event, "uid") === uid);
}

/** What differs from the series; an event says everything of its occurrence. */
function changedOccurrence(
  calendar: Component,
  event: Component,
  series: Component,
  originalStartMs: number,
): ChangedOccurrence {
  const times = eventTimes(calendar, event);
  const isAllDay = times?.isAllDay === true;
  const differs = (of: (one: Component) => unknown): boolean =>
    JSON.stringify(of(event)) !== JSON.stringify(of(series));
  const textOf = (name: string) => (one: Component) => propertyText(one, name);
  const subject = propertyText(event, "summary");
  const place = propertyText(event, "location");
  const description = propertyText(event, "description");
  const reminderSeconds = reminderSecondsOf(event);
  const sequence = sequenceOf(event);
  return {
    deleted: false,
    originalStartMs,
    ...(sequence !== undefined && differs(sequenceOf) && { sequence }),
    ...(times !== undefined && { startTimeMs: times.start.ms, endTimeMs: times.endMs }),
    ...(times !== undefined && isAllDay !== isWholeDays(calendar, series) && { allDayEvent: isAllDay }),
    ...(differs(textOf("summary")) && { subject: subject ?? null }),
    ...(differs(textOf("location")) && { location: place === undefined ? null : { displayName: place } }),
    ...(differs(textOf("description")) && {
      body: description === undefined ? null : { native: "plain", plain: { data: description } },
    }),
    ...(differs(busyStatusOf) && { busyStatus: busyStatusOf(event) }),
    ...(differs(sensitivityOf) && { sensitivity: sensitivityOf(event) ?? "normal" }),
    ...(differs(reminderSecondsOf) && {
      reminderMinutes: reminderSeconds === undefined ? null : Math.round(reminderSeconds / 60),
    }),
    ...(differs(attendeesOf) && { attendees: attendeesOf(event) }),
  };
}

function isWholeDays(calendar: Component, series: Component): boolean {
  return eventTimes(calendar, series)?.isAllDay === true;
}
