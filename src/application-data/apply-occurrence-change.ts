import type { CalendarException, CalendarItem, ChangedOccurrence } from "../mailbox/items/calendar.js";
import type { WbxmlElement } from "../wbxml/index.js";
import { withAnswers } from "./calendar/attendees.js";
import { changedOccurrence } from "./calendar/occurrence.js";
import type { ReadContext } from "./context.js";
import { instantOf } from "./date-time.js";
import { type InvalidItem, invalid, type ParseContext, type ParsedItem } from "./result.js";
import { nearestMidnight } from "./time-zone.js";

/**
 * A series after a device of version 16.0 or newer changed one occurrence: a Change with InstanceId ([MS-ASAIRS] 2.2.2.25).
 * What is omitted stays as in the series or the exception. Never throws.
 */
export function applyOccurrenceChange(
  stored: CalendarItem,
  instanceId: string,
  applicationData: WbxmlElement,
  context: ParseContext,
): ParsedItem<CalendarItem> {
  const originalStartMs = occurrenceStart(stored, instanceId);
  if (typeof originalStartMs !== "number") return originalStartMs;
  const reading: ReadContext = { version: context.version, nowMs: context.nowMs, problems: [] };
  const before = stored.exceptions?.find((exception) => exception.originalStartMs === originalStartMs);
  const base: ChangedOccurrence = before?.deleted === false ? before : { deleted: false, originalStartMs };
  const changed = withKnownAnswers(changedOccurrence(base, applicationData, reading), base, stored);
  const [problem] = reading.problems;
  return problem === undefined
    ? withException(stored, { ...changed, dtStampMs: context.nowMs })
    : invalid(problem);
}

/** A device names the attendees without what they answered. */
function withKnownAnswers(
  changed: ChangedOccurrence,
  before: ChangedOccurrence,
  series: CalendarItem,
): ChangedOccurrence {
  if (changed.attendees === undefined || changed.attendees === before.attendees) return changed;
  return {
    ...changed,
    attendees: withAnswers(changed.attendees, before.attendees ?? series.attendees ?? []),
  };
}

/** A series after a device of version 16.0 or newer removed one occurrence: a Delete with InstanceId. Never throws. */
export function removeOccurrence(stored: CalendarItem, instanceId: string): ParsedItem<CalendarItem> {
  const originalStartMs = occurrenceStart(stored, instanceId);
  if (typeof originalStartMs !== "number") return originalStartMs;
  return withException(stored, { deleted: true, originalStartMs });
}

function occurrenceStart(stored: CalendarItem, instanceId: string): number | InvalidItem {
  if (stored.recurrence === undefined)
    return invalid("an InstanceId names an occurrence, but this is no series");
  const instant = instantOf(instanceId);
  if (instant === undefined) return invalid("the InstanceId is not a date and time");
  return stored.allDayEvent === true ? nearestMidnight(instant) : instant;
}

function withException(stored: CalendarItem, exception: CalendarException): ParsedItem<CalendarItem> {
  const exceptions = [...(stored.exceptions ?? [])];
  const at = exceptions.findIndex(({ originalStartMs }) => originalStartMs === exception.originalStartMs);
  exceptions.splice(at === -1 ? exceptions.length : at, 1, exception);
  return { kind: "item", item: { ...stored, exceptions } };
}
