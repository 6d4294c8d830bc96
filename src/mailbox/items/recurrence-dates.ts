import type { Recurrence } from "./recurrence.js";

const dayMs = 86_400_000;

/** The days of a series, step by step. */
export interface DatesOfStep {
  /** No step is longer. */
  readonly stepMs: number;
  /** When the first one begins. */
  readonly startMs: number;
  /** Midnights counted as if UTC, ascending; those of the first step may lie before the series. */
  ofStep(step: number): readonly number[];
}

/** Calendar systems ([MS-ASCAL] 2.2.2.10) whose months and days are not those of the Gregorian one. */
export const foreignCalendars: ReadonlySet<number> = new Set([6, 8, 14, 15, 20]);

/**
 * On which days a series falls that begins on a day (midnight counted as if UTC). A day that a month does not have is its last one.
 *
 * @returns undefined where the calendar system is another one.
 */
export function datesOfPattern(recurrence: Recurrence, firstDay: number): DatesOfStep | undefined {
  const { calendarType = 0 } = recurrence;
  const interval = recurrence.interval || 1;
  switch (recurrence.type) {
    case "daily":
      if (recurrence.dayOfWeek !== undefined) return weekly(recurrence, recurrence.dayOfWeek, 1, firstDay);
      return {
        stepMs: interval * dayMs,
        startMs: firstDay,
        ofStep: (step) => [firstDay + step * interval * dayMs],
      };
    case "weekly":
      return weekly(recurrence, recurrence.dayOfWeek, interval, firstDay);
    default:
      if (foreignCalendars.has(calendarType)) return undefined;
      return monthly(recurrence, interval, firstDay);
  }
}

function weekly(
  { firstDayOfWeek = 0 }: Recurrence,
  mask: number,
  interval: number,
  firstDay: number,
): DatesOfStep {
  const startMs = firstDay - ((new Date(firstDay).getUTCDay() - firstDayOfWeek + 7) % 7) * dayMs;
  const days = [0, 1, 2, 3, 4, 5, 6].filter((day) => (mask & (1 << ((day + firstDayOfWeek) % 7))) !== 0);
  const stepMs = 7 * interval * dayMs;
  return { stepMs, startMs, ofStep: (step) => days.map((day) => startMs + step * stepMs + day * dayMs) };
}

type MonthlyPattern = Extract<Recurrence, { type: "monthly" | "monthly-nth" | "yearly" | "yearly-nth" }>;

function monthly(pattern: MonthlyPattern, interval: number, firstDay: number): DatesOfStep {
  const began = new Date(firstDay);
  const isYearly = pattern.type === "yearly" || pattern.type === "yearly-nth";
  const month = isYearly ? pattern.monthOfYear - 1 : began.getUTCMonth();
  const months = isYearly ? 12 * interval : interval;
  return {
    // The longest month, so that a step is begun no later than it is reckoned to be.
    stepMs: months * 31 * dayMs,
    startMs: Date.UTC(began.getUTCFullYear(), month, 1),
    ofStep: (step) => dateIn(pattern, began.getUTCFullYear(), month + step * months),
  };
}

function dateIn(pattern: MonthlyPattern, year: number, month: number): readonly number[] {
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  if (pattern.type === "monthly" || pattern.type === "yearly") {
    return [Date.UTC(year, month, Math.min(pattern.dayOfMonth, days))];
  }
  const { weekOfMonth, dayOfWeek: mask = 127 } = pattern;
  const first = Date.UTC(year, month, 1);
  const weekday = new Date(first).getUTCDay();
  const matching = Array.from({ length: days }, (_, day) => day).filter(
    (day) => (mask & (1 << ((weekday + day) % 7))) !== 0,
  );
  const day = weekOfMonth >= 5 ? matching.at(-1) : matching[weekOfMonth - 1];
  return day === undefined ? [] : [first + day * dayMs];
}
