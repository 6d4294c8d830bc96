import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timeZoneOf } from "../../../../src/index.js";
import type { CalendarItem } from "../../../../src/mailbox/items/calendar.js";
import { occurrencesWithin } from "../../../../src/mailbox/items/occurrences.js";
import type { Recurrence } from "../../../../src/mailbox/items/recurrence.js";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const at = (text: string): number => Date.parse(`${text}Z`);

function series(start: string, recurrence: Recurrence, more: Partial<CalendarItem> = {}): CalendarItem {
  return { class: "Calendar", startTimeMs: at(start), endTimeMs: at(start) + hourMs, recurrence, ...more };
}

/** Starts as `MM-DDTHH`. */
function starts(item: CalendarItem, from: string, before: string): readonly string[] | undefined {
  return occurrencesWithin(item, at(from), at(before))?.map(({ startMs }) =>
    new Date(startMs).toISOString().slice(5, 13),
  );
}

describe("the occurrences of a series", () => {
  it.each<[string, Recurrence, readonly string[]]>([
    ["each day", { type: "daily" }, ["01-05T09", "01-06T09", "01-07T09"]],
    ["every second day", { type: "daily", interval: 2 }, ["01-06T09"]],
    ["on weekdays", { type: "daily", dayOfWeek: 62 }, ["01-05T09", "01-06T09", "01-07T09"]],
    ["on Wednesdays", { type: "weekly", dayOfWeek: 8 }, ["01-07T09"]],
  ])("are %s", (_how, recurrence, expected) => {
    // A Friday.
    expect(starts(series("2026-01-02T09:00", recurrence), "2026-01-05T00:00", "2026-01-08T00:00")).toEqual(
      expected,
    );
  });

  it.each<[string, Recurrence, readonly string[]]>([
    [
      "the 31st, or the last day",
      { type: "monthly", dayOfMonth: 31 },
      ["01-31T09", "02-28T09", "03-31T09", "04-30T09"],
    ],
    ["each third month", { type: "monthly", dayOfMonth: 5, interval: 3 }, ["01-05T09", "04-05T09"]],
    [
      "the second Tuesday",
      { type: "monthly-nth", weekOfMonth: 2, dayOfWeek: 4 },
      ["01-13T09", "02-10T09", "03-10T09", "04-14T09"],
    ],
    [
      "the last weekday",
      { type: "monthly-nth", weekOfMonth: 5, dayOfWeek: 62 },
      ["01-30T09", "02-27T09", "03-31T09", "04-30T09"],
    ],
    ["a day of the year", { type: "yearly", dayOfMonth: 29, monthOfYear: 2 }, ["02-28T09"]],
    [
      "the first Monday of March",
      { type: "yearly-nth", weekOfMonth: 1, monthOfYear: 3, dayOfWeek: 2 },
      ["03-02T09"],
    ],
  ])("are on %s", (_how, recurrence, expected) => {
    expect(starts(series("2026-01-02T09:00", recurrence), "2026-01-01T00:00", "2026-05-01T00:00")).toEqual(
      expected,
    );
  });

  it("count weeks from the day with which they begin", () => {
    // Sunday and Monday of every second week: with Monday first, the Sunday belongs to the week before.
    const both = { type: "weekly", dayOfWeek: 3, interval: 2 } as const;
    const window = ["2026-01-04T00:00", "2026-01-21T00:00"] as const;
    expect(starts(series("2026-01-05T09:00", both), ...window)).toEqual(["01-05T09", "01-18T09", "01-19T09"]);
    expect(starts(series("2026-01-05T09:00", { ...both, firstDayOfWeek: 1 }), ...window)).toEqual([
      "01-05T09",
      "01-11T09",
      "01-19T09",
    ]);
  });

  it("end after their number, or by their last day", () => {
    const three = { type: "daily", end: { kind: "occurrences", count: 3 } } as const;
    const until = { type: "daily", end: { kind: "until", untilMs: at("2026-01-04T09:00") } } as const;
    for (const recurrence of [three, until]) {
      expect(starts(series("2026-01-02T09:00", recurrence), "2026-01-03T00:00", "2027-01-01T00:00")).toEqual([
        "01-03T09",
        "01-04T09",
      ]);
    }
  });

  it("stay at their hour where the clock is changed", () => {
    const timezone = timeZoneOf("Europe/Berlin", 2026) ?? "";
    const daily = series("2026-03-27T08:00", { type: "daily" }, { timezone });
    expect(starts(daily, "2026-03-28T00:00", "2026-03-31T00:00")).toEqual([
      "03-28T08",
      "03-29T07",
      "03-30T07",
    ]);
  });

  it("of whole days are those days in their time zone", () => {
    const timezone = timeZoneOf("America/New_York", 2026) ?? "";
    const days = { allDayEvent: true, endTimeMs: at("2026-01-03T00:00"), timezone };
    const weekly = series("2026-01-02T00:00", { type: "weekly", dayOfWeek: 32 }, days);
    const found = occurrencesWithin(weekly, at("2026-01-09T00:00"), at("2026-01-10T12:00"));
    expect(found).toEqual([
      { startMs: at("2026-01-09T05:00"), endMs: at("2026-01-10T05:00"), changed: undefined },
    ]);
  });

  it("are without the deleted ones, and with the changed ones where they are now", () => {
    const deleted = { deleted: true, originalStartMs: at("2026-01-03T09:00") } as const;
    const moved = {
      deleted: false,
      originalStartMs: at("2026-01-04T09:00"),
      startTimeMs: at("2026-01-20T12:00"),
      endTimeMs: at("2026-01-20T15:00"),
    } as const;
    const here = { deleted: false, originalStartMs: at("2026-01-05T09:00"), subject: "Here" } as const;
    const daily = series("2026-01-02T09:00", { type: "daily", end: { kind: "occurrences", count: 4 } });
    const changed = { ...daily, exceptions: [deleted, moved, here] };
    expect(starts(changed, "2026-01-01T00:00", "2026-01-10T00:00")).toEqual(["01-02T09", "01-05T09"]);
    expect(occurrencesWithin(changed, at("2026-01-20T14:00"), at("2026-01-21T00:00"))).toEqual([
      { startMs: moved.startTimeMs, endMs: moved.endTimeMs, changed: moved },
    ]);
  });

  it("of another calendar are not known, where it matters", () => {
    const hebrew = { calendarType: 8 } as const;
    const monthly = series("2026-01-02T09:00", { type: "monthly", dayOfMonth: 2, ...hebrew });
    expect(occurrencesWithin(monthly, 0, at("2027-01-01T00:00"))).toBeUndefined();
    const daily = series("2026-01-02T09:00", { type: "daily", ...hebrew });
    expect(starts(daily, "2026-01-02T00:00", "2026-01-03T00:00")).toEqual(["01-02T09"]);
  });

  it("are the same however much of the series is asked for, and of whatever is damaged few steps", () => {
    const pattern = fc.oneof(
      fc.record({ type: fc.constant("daily" as const) }),
      fc.record({ type: fc.constant("weekly" as const), dayOfWeek: fc.integer({ min: 0, max: 127 }) }),
      fc.record({ type: fc.constant("monthly" as const), dayOfMonth: fc.integer({ min: 1, max: 31 }) }),
      fc.record({
        type: fc.constant("yearly-nth" as const),
        weekOfMonth: fc.integer({ min: 1, max: 5 }),
        monthOfYear: fc.integer({ min: 1, max: 12 }),
        dayOfWeek: fc.integer({ min: 0, max: 127 }),
      }),
    );
    const property = fc.property(
      pattern,
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 3_000 }),
      (one, interval, days) => {
        const item = series("2020-02-29T22:30", { ...one, interval } as Recurrence);
        const from = at("2020-01-01T00:00") + days * dayMs;
        const all = occurrencesWithin(item, at("2020-01-01T00:00"), from + 60 * dayMs) ?? [];
        const late = occurrencesWithin(item, from, from + 60 * dayMs) ?? [];
        expect(late).toEqual(all.filter(({ endMs }) => endMs > from));
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});
