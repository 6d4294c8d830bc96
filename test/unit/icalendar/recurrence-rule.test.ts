import fc from "fast-check";
import ICAL from "ical.js";
import { describe, expect, it } from "vitest";
import type { TimeForm } from "../../../src/icalendar/calendar-time.js";
import { recurrenceRule } from "../../../src/icalendar/recurrence-rule.js";
import type { CalendarItem } from "../../../src/mailbox/items/calendar.js";
import { occurrencesWithin } from "../../../src/mailbox/items/occurrences.js";
import type { Recurrence, RecurrencePattern } from "../../../src/mailbox/items/recurrence.js";

const utc: TimeForm = { kind: "utc" };

describe("the rule of a series", () => {
  it.each<[string, Recurrence]>([
    ["FREQ=DAILY;INTERVAL=3", { type: "daily", interval: 3 }],
    ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", { type: "daily", dayOfWeek: 62 }],
    [
      "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=MO",
      { type: "weekly", dayOfWeek: 34, interval: 2, firstDayOfWeek: 1 },
    ],
    ["FREQ=MONTHLY;BYMONTHDAY=15", { type: "monthly", dayOfMonth: 15 }],
    ["FREQ=MONTHLY;BYMONTHDAY=-1", { type: "monthly", dayOfMonth: 31 }],
    ["FREQ=MONTHLY;BYDAY=2TU", { type: "monthly-nth", weekOfMonth: 2, dayOfWeek: 4 }],
    ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", { type: "monthly-nth", weekOfMonth: 5, dayOfWeek: 62 }],
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=3", { type: "yearly", dayOfMonth: 3, monthOfYear: 2 }],
    [
      "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
      { type: "yearly-nth", weekOfMonth: 5, monthOfYear: 10, dayOfWeek: 1 },
    ],
    ["FREQ=DAILY;COUNT=4", { type: "daily", end: { kind: "occurrences", count: 4 } }],
    [
      "FREQ=DAILY;UNTIL=20260201T090000Z",
      { type: "daily", end: { kind: "until", untilMs: Date.UTC(2026, 1, 1, 9) } },
    ],
  ])("is %s", (rule, recurrence) => {
    expect(recurrenceRule(recurrence, utc)).toBe(rule);
  });

  it("ends with a date where days are whole", () => {
    const end = { kind: "until", untilMs: Date.UTC(2026, 1, 1) } as const;
    expect(recurrenceRule({ type: "daily", end }, { kind: "date" })).toBe("FREQ=DAILY;UNTIL=20260201");
  });

  it("is none in a calendar system that no rule can tell", () => {
    expect(recurrenceRule({ type: "monthly", dayOfMonth: 1, calendarType: 8 }, utc)).toBeUndefined();
  });

  const mask = fc.integer({ min: 1, max: 127 });
  const week = fc.integer({ min: 1, max: 5 });
  const month = fc.integer({ min: 1, max: 12 });
  // Of the 29th and 30th, which not every month has, calendars know no more than that.
  const day = fc.oneof(fc.integer({ min: 1, max: 28 }), fc.constant(31));
  const pattern: fc.Arbitrary<RecurrencePattern> = fc.oneof(
    fc.constant({ type: "daily" } as const),
    mask.map((dayOfWeek) => ({ type: "daily", dayOfWeek }) as const),
    mask.map((dayOfWeek) => ({ type: "weekly", dayOfWeek }) as const),
    day.map((dayOfMonth) => ({ type: "monthly", dayOfMonth }) as const),
    fc.record({ type: fc.constant("monthly-nth" as const), weekOfMonth: week, dayOfWeek: mask }),
    fc.record({
      type: fc.constant("yearly" as const),
      dayOfMonth: fc.integer({ min: 1, max: 28 }),
      monthOfYear: month,
    }),
    fc.record({
      type: fc.constant("yearly-nth" as const),
      weekOfMonth: week,
      monthOfYear: month,
      dayOfWeek: mask,
    }),
  );

  it("falls on the days of the series, as another program reads it", () => {
    const property = fc.property(
      pattern,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 800 }),
      (days, interval, firstDayOfWeek, offset) => {
        const recurrence: Recurrence = { ...days, interval, firstDayOfWeek };
        const from = Date.UTC(2026, 0, 1, 9) + offset * 86_400_000;
        const [first] = occurrences(recurrence, from);
        if (first === undefined) return;
        // A calendar counts the start as the first occurrence: it has to be one.
        const own = occurrences(recurrence, first).slice(0, 5);
        const rule = ICAL.Recur.fromString(recurrenceRule(recurrence, utc) ?? "");
        const iterator = rule.iterator(ICAL.Time.fromJSDate(new Date(first), true));
        const read = own.map(() => iterator.next()?.toJSDate().getTime());
        expect(read).toEqual(own);
      },
    );
    fc.assert(property, { numRuns: 60 });
  });
});

function occurrences(recurrence: Recurrence, startTimeMs: number): readonly number[] {
  const item: CalendarItem = {
    class: "Calendar",
    startTimeMs,
    endTimeMs: startTimeMs + 3_600_000,
    recurrence,
  };
  const found = occurrencesWithin(item, startTimeMs, startTimeMs + 30 * 366 * 86_400_000) ?? [];
  return found.map(({ startMs }) => startMs);
}
