import { describe, expect, it } from "vitest";
import { calendarZone } from "../../../src/icalendar/calendar-zone.js";
import { timeZoneOf } from "../../../src/mailbox/time-zone/time-zone.js";
import { readTimeZone, writeTimeZone } from "../../../src/mailbox/time-zone/time-zone-rules.js";

function structure(zone: string): string {
  const found = timeZoneOf(zone, 2026);
  if (found === undefined) throw new Error(`No ${zone}`);
  return found;
}

/** As iOS sends it. */
function nameless(zone: string): string {
  const rules = readTimeZone(structure(zone));
  if (rules === undefined) throw new Error(`No ${zone}`);
  return writeTimeZone({ ...rules, standardName: "" });
}

describe("the time zone of a calendar", () => {
  it("has its name where the structure tells one with the same rules", () => {
    expect(calendarZone(structure("Europe/Berlin"), 2026)?.tzid).toBe("Europe/Berlin");
    expect(calendarZone(structure("America/New_York"), 2026)?.tzid).toBe("America/New_York");
  });

  it("has a name that no program knows where the structure has none, or one with other rules", () => {
    expect(calendarZone(nameless("Europe/Berlin"), 2026)?.tzid).toBe("(UTC+0100)");
    expect(calendarZone(nameless("America/St_Johns"), 2026)?.tzid).toBe("(UTC-0330)");
    const rules = readTimeZone(structure("Europe/Berlin"));
    const lying = rules && writeTimeZone({ ...rules, biasMinutes: 0 });
    expect(calendarZone(lying, 2026)?.tzid).toBe("(UTC+0000)");
  });

  it("brings its rules along", () => {
    expect(calendarZone(structure("Europe/Berlin"), 2026)?.lines).toEqual([
      "BEGIN:VTIMEZONE",
      "TZID:Europe/Berlin",
      "BEGIN:STANDARD",
      "DTSTART:19701025T030000",
      "TZOFFSETFROM:+0200",
      "TZOFFSETTO:+0100",
      "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
      "END:STANDARD",
      "BEGIN:DAYLIGHT",
      "DTSTART:19700329T020000",
      "TZOFFSETFROM:+0100",
      "TZOFFSETTO:+0200",
      "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
      "END:DAYLIGHT",
      "END:VTIMEZONE",
    ]);
    expect(calendarZone(structure("Asia/Kolkata"), 2026)?.lines).toEqual([
      "BEGIN:VTIMEZONE",
      "TZID:Asia/Kolkata",
      "BEGIN:STANDARD",
      "DTSTART:19700101T000000",
      "TZOFFSETFROM:+0530",
      "TZOFFSETTO:+0530",
      "END:STANDARD",
      "END:VTIMEZONE",
    ]);
  });

  it("is none for UTC and for what is no structure", () => {
    expect(calendarZone(Buffer.alloc(172).toString("base64"), 2026)).toBeUndefined();
    expect(calendarZone("AAAA", 2026)).toBeUndefined();
    expect(calendarZone(undefined, 2026)).toBeUndefined();
  });
});
