import type { CalendarItem } from "./calendar.js";

/**
 * One occurrence of a series as an appointment by itself: with what is different about it, and without the recurrence. Whether the rule of the series has
 * it is not looked at.
 *
 * @param originalStartMs its unmodified start.
 * @returns undefined for one that was removed from the series.
 */
export function occurrenceItem(series: CalendarItem, originalStartMs: number): CalendarItem | undefined {
  const { recurrence: _, exceptions = [], ...common } = series;
  const exception = exceptions.find((one) => one.originalStartMs === originalStartMs);
  if (exception?.deleted === true) return undefined;
  const { deleted: _deleted, originalStartMs: _start, ...changed } = exception ?? {};
  const startTimeMs = exception?.startTimeMs ?? originalStartMs;
  const endTimeMs = exception?.endTimeMs ?? startTimeMs + series.endTimeMs - series.startTimeMs;
  // Null: what the series has, and the occurrence does not.
  const merged = Object.entries({ ...common, ...definedOf(changed) }).filter(([, value]) => value !== null);
  return { ...(Object.fromEntries(merged) as typeof common), class: "Calendar", startTimeMs, endTimeMs };
}

function definedOf(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
