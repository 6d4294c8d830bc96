import { describe, expect, it } from "vitest";
import { applyOccurrenceChange, removeOccurrence } from "../../../src/application-data/index.js";
import type { CalendarItem } from "../../../src/mailbox/items/calendar.js";
import { Calendar, emptyElement, textElement } from "../../../src/wbxml/index.js";
import { nowMs } from "./arbitrary-items.js";
import { applicationData, contextOf } from "./wire.js";

const originalStartMs = Date.UTC(2026, 2, 3, 9);
const instanceId = "20260303T090000Z";
const series: CalendarItem = {
  class: "Calendar",
  subject: "Standup",
  startTimeMs: Date.UTC(2026, 2, 2, 9),
  endTimeMs: Date.UTC(2026, 2, 2, 10),
  recurrence: { type: "daily" },
};
const renamed = applicationData([textElement(Calendar.Subject, "Review")]);

describe("a Change of one occurrence", () => {
  it("makes an exception of it", () => {
    expect(applyOccurrenceChange(series, instanceId, renamed, contextOf("16.1"))).toEqual({
      kind: "item",
      item: {
        ...series,
        exceptions: [{ deleted: false, originalStartMs, subject: "Review", dtStampMs: nowMs }],
      },
    });
  });

  it("keeps what an exception already has", () => {
    const once = applyOccurrenceChange(series, instanceId, renamed, contextOf("16.1"));
    if (once.kind !== "item") throw new Error(once.reason);
    const noReminder = applicationData([emptyElement(Calendar.Reminder)]);
    expect(applyOccurrenceChange(once.item, instanceId, noReminder, contextOf("16.1"))).toMatchObject({
      item: { exceptions: [{ subject: "Review", reminderMinutes: null }] },
    });
  });

  it.each([
    ["of what is no series", { ...series, recurrence: undefined } as unknown as CalendarItem, instanceId],
    ["with an InstanceId that is no date", series, "the third"],
  ])("is refused %s", (_what, stored, instance) => {
    expect(applyOccurrenceChange(stored, instance, renamed, contextOf("16.1")).kind).toBe("invalid");
    expect(removeOccurrence(stored, instance).kind).toBe("invalid");
  });

  it("is refused with a malformed value", () => {
    const wrong = applicationData([textElement(Calendar.StartTime, "noon")]);
    expect(applyOccurrenceChange(series, instanceId, wrong, contextOf("16.1")).kind).toBe("invalid");
  });
});

describe("a Delete of one occurrence", () => {
  it("removes it from the series, whatever it was before", () => {
    const changed = applyOccurrenceChange(series, instanceId, renamed, contextOf("16.1"));
    if (changed.kind !== "item") throw new Error(changed.reason);
    expect(removeOccurrence(changed.item, instanceId)).toEqual({
      kind: "item",
      item: { ...series, exceptions: [{ deleted: true, originalStartMs }] },
    });
  });
});
