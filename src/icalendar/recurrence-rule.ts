import type { Recurrence } from "../mailbox/items/recurrence.js";
import { foreignCalendars } from "../mailbox/items/recurrence-dates.js";
import { dateText, type TimeForm, utcText } from "./calendar-time.js";

const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const everyDay = 127;
const lastDayOfMonth = 31;

/**
 * The value of an RRULE (RFC 5545, 3.3.10) that falls on the days of a recurrence; undefined for a series of another calendar system than the
 * Gregorian one, which no rule can tell.
 */
export function recurrenceRule(recurrence: Recurrence, form: TimeForm): string | undefined {
  const pattern = patternOf(recurrence);
  if (pattern === undefined) return undefined;
  const { interval = 1, end } = recurrence;
  const steps = interval > 1 && pattern.takesInterval ? [`INTERVAL=${interval}`] : [];
  return [...pattern.parts.slice(0, 1), ...steps, ...pattern.parts.slice(1), ...endOf(end, form)].join(";");
}

interface Pattern {
  readonly parts: readonly string[];
  readonly takesInterval: boolean;
}

function patternOf(recurrence: Recurrence): Pattern | undefined {
  const { type, firstDayOfWeek = 0, calendarType = 0 } = recurrence;
  const isOfMonths = type !== "daily" && type !== "weekly";
  if (isOfMonths && foreignCalendars.has(calendarType)) return undefined;
  switch (recurrence.type) {
    case "daily": {
      const { dayOfWeek } = recurrence;
      if (dayOfWeek === undefined) return { parts: ["FREQ=DAILY"], takesInterval: true };
      // On these days of every week, whatever the interval.
      return { parts: ["FREQ=WEEKLY", `BYDAY=${daysOf(dayOfWeek)}`], takesInterval: false };
    }
    case "weekly": {
      const days = `BYDAY=${daysOf(recurrence.dayOfWeek)}`;
      const week = `WKST=${weekdays[firstDayOfWeek] ?? "SU"}`;
      return { parts: ["FREQ=WEEKLY", days, week], takesInterval: true };
    }
    case "monthly":
      return { parts: ["FREQ=MONTHLY", dayOfMonth(recurrence.dayOfMonth)], takesInterval: true };
    case "monthly-nth":
      return {
        parts: ["FREQ=MONTHLY", ...nthDay(recurrence.weekOfMonth, recurrence.dayOfWeek)],
        takesInterval: true,
      };
    case "yearly":
      return {
        parts: ["FREQ=YEARLY", `BYMONTH=${recurrence.monthOfYear}`, dayOfMonth(recurrence.dayOfMonth)],
        takesInterval: true,
      };
    case "yearly-nth": {
      const { monthOfYear, weekOfMonth, dayOfWeek = everyDay } = recurrence;
      const parts = ["FREQ=YEARLY", `BYMONTH=${monthOfYear}`, ...nthDay(weekOfMonth, dayOfWeek)];
      return { parts, takesInterval: true };
    }
  }
}

/** A month that is shorter has the last day of all in its place, and a rule would leave it out. */
function dayOfMonth(day: number): string {
  return `BYMONTHDAY=${day === lastDayOfMonth ? -1 : day}`;
}

function nthDay(weekOfMonth: number, mask: number): readonly string[] {
  const nth = weekOfMonth >= 5 ? -1 : weekOfMonth;
  const days = daysOf(mask);
  if (mask === everyDay && nth === -1) return ["BYMONTHDAY=-1"];
  return days.includes(",") ? [`BYDAY=${days}`, `BYSETPOS=${nth}`] : [`BYDAY=${nth}${days}`];
}

function daysOf(mask: number): string {
  return weekdays.filter((_, day) => (mask & (1 << day)) !== 0).join(",");
}

function endOf(end: Recurrence["end"], form: TimeForm): readonly string[] {
  if (end === undefined) return [];
  if (end.kind === "occurrences") return [`COUNT=${end.count}`];
  return [`UNTIL=${form.kind === "date" ? dateText(end.untilMs) : utcText(end.untilMs)}`];
}
