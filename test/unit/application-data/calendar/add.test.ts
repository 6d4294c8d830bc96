import { describe, expect, it } from "vitest";
import { parseItem } from "../../../../src/application-data/index.js";
import type { CalendarItem } from "../../../../src/mailbox/items/calendar.js";
import type { ProtocolVersion } from "../../../../src/protocol/version.js";
import {
  AirSyncBase,
  Calendar,
  element,
  emptyElement,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { nowMs } from "../arbitrary-items.js";
import { applicationData, contextOf } from "../wire.js";

const start = textElement(Calendar.StartTime, "20260310T090000Z");
const end = textElement(Calendar.EndTime, "20260310T100000Z");
const past = "20260301T100000Z";

function added(
  children: readonly WbxmlElement[],
  version: ProtocolVersion = "14.1",
): ReturnType<typeof parseItem> {
  return parseItem("Calendar", applicationData(children), contextOf(version));
}

function item(children: readonly WbxmlElement[], version: ProtocolVersion = "14.1"): CalendarItem {
  const parsed = added(children, version);
  if (parsed.kind !== "item" || parsed.item.class !== "Calendar") throw new Error(JSON.stringify(parsed));
  return parsed.item;
}

describe("an appointment without times", () => {
  const halfPast = Date.UTC(2026, 2, 1, 13, 0, 0);

  it("begins at the next half hour and takes half an hour", () => {
    expect(nowMs).toBe(Date.UTC(2026, 2, 1, 12, 34, 56));
    expect(item([])).toMatchObject({ startTimeMs: halfPast, endTimeMs: halfPast + 1_800_000 });
  });

  it("begins at the next half hour when the end is to come", () => {
    expect(item([end])).toMatchObject({ startTimeMs: halfPast, endTimeMs: Date.UTC(2026, 2, 10, 10) });
  });

  it("ends after the next half hour when the start is past", () => {
    expect(item([textElement(Calendar.StartTime, past)])).toMatchObject({ endTimeMs: halfPast + 1_800_000 });
  });

  it.each([
    ["the end is past", [textElement(Calendar.EndTime, past)]],
    ["the end is before the next half hour", [textElement(Calendar.EndTime, "20260301T124000Z")]],
    ["the start is to come", [start]],
    ["the end is before the start", [start, textElement(Calendar.EndTime, "20260310T080000Z")]],
    ["the start is no date", [textElement(Calendar.StartTime, "noon"), end]],
  ])("is refused when %s", (_what, children) => {
    expect(added(children).kind).toBe("invalid");
  });
});

function recurrence(...children: readonly (readonly [number, string | number])[]): WbxmlElement {
  return element(
    Calendar.Recurrence,
    children.map(([tag, value]) => textElement(tag, value)),
  );
}

const { Type, DayOfWeek, DayOfMonth, MonthOfYear, WeekOfMonth, CalendarType, FirstDayOfWeek } = Calendar;

describe("the recurrence of an appointment", () => {
  it("ends by its occurrences when it has both ends", () => {
    const both = recurrence([Type, 0], [Calendar.Occurrences, 5], [Calendar.Until, "20260410T090000Z"]);
    expect(item([start, end, both]).recurrence).toEqual({
      type: "daily",
      end: { kind: "occurrences", count: 5 },
    });
  });

  it("is none when it is empty", () => {
    expect(item([start, end, emptyElement(Calendar.Recurrence)]).recurrence).toBeUndefined();
  });

  it.each([
    ["without a Type", recurrence([DayOfWeek, 1])],
    ["of Type 4", recurrence([Type, 4])],
    ["with CalendarType twice", recurrence([Type, 0], [CalendarType, 1], [CalendarType, 1])],
    ["with CalendarType 13", recurrence([Type, 2], [DayOfMonth, 1], [CalendarType, 13])],
    ["with CalendarType 16", recurrence([Type, 2], [DayOfMonth, 1], [CalendarType, 16])],
    ["with CalendarType 21", recurrence([Type, 2], [DayOfMonth, 1], [CalendarType, 21])],
    ["with FirstDayOfWeek 7", recurrence([Type, 1], [DayOfWeek, 1], [FirstDayOfWeek, 7])],
    ["daily with DayOfMonth", recurrence([Type, 0], [DayOfMonth, 1])],
    ["monthly with DayOfWeek", recurrence([Type, 2], [DayOfMonth, 1], [DayOfWeek, 1])],
    ["monthly with MonthOfYear", recurrence([Type, 2], [DayOfMonth, 1], [MonthOfYear, 1])],
    ["yearly with WeekOfMonth", recurrence([Type, 5], [DayOfMonth, 1], [MonthOfYear, 1], [WeekOfMonth, 1])],
    ["weekly without DayOfWeek", recurrence([Type, 1])],
    ["yearly without MonthOfYear", recurrence([Type, 5], [DayOfMonth, 1])],
    ["with DayOfMonth 32", recurrence([Type, 2], [DayOfMonth, 32])],
    ["with a thousand occurrences", recurrence([Type, 0], [Calendar.Occurrences, 1000])],
  ])("is refused %s", (_what, wrong) => {
    expect(added([start, end, wrong]).kind).toBe("invalid");
  });
});

describe("an appointment as phones send it", () => {
  it("has empty elements for what there is not", () => {
    const empty = [Calendar.Reminder, Calendar.Attendees, Calendar.Recurrence, AirSyncBase.Location].map(
      emptyElement,
    );
    expect(item([start, end, ...empty, textElement(Calendar.ClientUid, "c-1")], "16.1")).toEqual({
      class: "Calendar",
      startTimeMs: Date.UTC(2026, 2, 10, 9),
      endTimeMs: Date.UTC(2026, 2, 10, 10),
      dtStampMs: nowMs,
      clientUid: "c-1",
    });
  });

  it("cannot set what the server decides about from 16.0 on", () => {
    const attendee = element(Calendar.Attendee, [
      textElement(Calendar.Email, "b@example.org"),
      textElement(Calendar.AttendeeStatus, 3),
    ]);
    const children = [
      start,
      end,
      textElement(Calendar.UID, "u-1"),
      textElement(Calendar.OrganizerEmail, "a@example.org"),
      textElement(Calendar.DtStamp, past),
      element(Calendar.Attendees, [attendee]),
    ];
    expect(item(children, "16.1")).toMatchObject({
      dtStampMs: nowMs,
      attendees: [{ email: "b@example.org", name: "b@example.org" }],
    });
    expect(item(children, "16.1")).not.toHaveProperty("uid");
    expect(item(children, "14.1")).toMatchObject({
      uid: "u-1",
      organizerEmail: "a@example.org",
      attendees: [{ status: "accepted" }],
    });
  });

  it("cannot have an RTF body from 16.0 on", () => {
    const body = element(AirSyncBase.Body, [
      textElement(AirSyncBase.Type, 3),
      textElement(AirSyncBase.Data, "AAAA"),
    ]);
    expect(added([start, end, body], "14.1").kind).toBe("item");
    expect(added([start, end, body], "16.0").kind).toBe("invalid");
  });

  it("may hold elements that nobody knows", () => {
    const data: WbxmlElement = { tag: 0x1d, content: [start, end, { tag: 0x047f, content: "x" }] };
    expect(parseItem("Calendar", data, contextOf("14.1")).kind).toBe("item");
  });

  it("loses a time zone that is none", () => {
    expect(item([start, end, textElement(Calendar.Timezone, "AAAA")])).not.toHaveProperty("timezone");
  });

  it("is refused with more than 300 categories or a UID of more than 300 characters", () => {
    const many = element(Calendar.Categories, new Array(301).fill(textElement(Calendar.Category, "x")));
    expect(added([start, end, many]).kind).toBe("invalid");
    expect(added([start, end, textElement(Calendar.UID, "u".repeat(301))]).kind).toBe("invalid");
  });
});
