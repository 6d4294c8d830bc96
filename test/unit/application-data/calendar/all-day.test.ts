import { describe, expect, it } from "vitest";
import { parseItem } from "../../../../src/application-data/index.js";
import type { CalendarItem } from "../../../../src/mailbox/items/calendar.js";
import { Calendar, child, textElement } from "../../../../src/wbxml/index.js";
import { pacificTimezone } from "../arbitrary-items.js";
import { applicationData, contentAt, contextOf, rendered } from "../wire.js";

const winterDay: CalendarItem = {
  class: "Calendar",
  allDayEvent: true,
  startTimeMs: Date.UTC(2026, 0, 15),
  endTimeMs: Date.UTC(2026, 0, 16),
  timezone: pacificTimezone,
  recurrence: { type: "daily", end: { kind: "until", untilMs: Date.UTC(2026, 0, 20) } },
  exceptions: [{ deleted: true, originalStartMs: Date.UTC(2026, 0, 17) }],
};

describe("an all-day event", () => {
  it("begins at midnight in its time zone below 16.0", () => {
    const element = rendered(winterDay, "14.1");
    expect(contentAt(element, Calendar.StartTime)).toBe("20260115T080000Z");
    expect(contentAt(element, Calendar.EndTime)).toBe("20260116T080000Z");
    expect(contentAt(element, Calendar.Recurrence, Calendar.Until)).toBe("20260120T080000Z");
    expect(contentAt(element, Calendar.Exceptions, Calendar.Exception, Calendar.ExceptionStartTime)).toBe(
      "20260117T080000Z",
    );
    expect(contentAt(element, Calendar.Timezone)).toBe(pacificTimezone);
  });

  it("follows daylight saving time", () => {
    const summerDay = { ...winterDay, startTimeMs: Date.UTC(2026, 6, 15), endTimeMs: Date.UTC(2026, 6, 16) };
    expect(contentAt(rendered(summerDay, "14.1"), Calendar.StartTime)).toBe("20260715T070000Z");
    // The second Sunday of March and the first of November, where the days change.
    const spring = { ...winterDay, startTimeMs: Date.UTC(2026, 2, 8), endTimeMs: Date.UTC(2026, 2, 9) };
    expect(contentAt(rendered(spring, "14.1"), Calendar.StartTime)).toBe("20260308T080000Z");
    expect(contentAt(rendered(spring, "14.1"), Calendar.EndTime)).toBe("20260309T070000Z");
    const autumn = { ...winterDay, startTimeMs: Date.UTC(2026, 10, 1), endTimeMs: Date.UTC(2026, 10, 2) };
    expect(contentAt(rendered(autumn, "14.1"), Calendar.StartTime)).toBe("20261101T070000Z");
    expect(contentAt(rendered(autumn, "14.1"), Calendar.EndTime)).toBe("20261102T080000Z");
  });

  it("is the same date everywhere from 16.0 on, without a time zone", () => {
    const element = rendered(winterDay, "16.0");
    expect(contentAt(element, Calendar.StartTime)).toBe("20260115T000000Z");
    expect(child(element, Calendar.Timezone)).toBeUndefined();
  });

  it.each([
    ["with the zone", "20260115T080000Z", pacificTimezone],
    ["a minute off", "20260115T080100Z", pacificTimezone],
    ["east of Greenwich, without a zone", "20260114T230000Z", undefined],
    ["west of Greenwich, without a zone", "20260115T080000Z", undefined],
  ])("is read as its date: %s", (_what, startTime, timezone) => {
    const data = applicationData([
      textElement(Calendar.AllDayEvent, 1),
      textElement(Calendar.StartTime, startTime),
      textElement(Calendar.EndTime, startTime.replace("115T", "116T").replace("114T", "115T")),
      ...(timezone === undefined ? [] : [textElement(Calendar.Timezone, timezone)]),
    ]);
    expect(parseItem("Calendar", data, contextOf("14.1"))).toMatchObject({
      item: { startTimeMs: Date.UTC(2026, 0, 15), endTimeMs: Date.UTC(2026, 0, 16) },
    });
  });
});
