import { describe, expect, it } from "vitest";
import { dayAroundInstant, dayOfInstant, instantOfDay } from "../../../src/application-data/time-zone.js";
import { pacificTimezone } from "./arbitrary-items.js";

const dayMs = 86_400_000;
const hourMs = 3_600_000;

interface Switch {
  readonly month: number;
  readonly week: number;
  readonly hour: number;
  readonly biasMinutes: number;
}

/** A TimeZone structure whose clock is changed on Sundays. */
function timezone(biasMinutes: number, standard: Switch, daylight: Switch): string {
  const bytes = Buffer.alloc(172);
  bytes.writeInt32LE(biasMinutes, 0);
  for (const [offset, { month, week, hour, biasMinutes: bias }] of [
    [68, standard],
    [152, daylight],
  ] as const) {
    bytes.writeUInt16LE(month, offset + 2);
    bytes.writeUInt16LE(week, offset + 6);
    bytes.writeUInt16LE(hour, offset + 8);
    bytes.writeInt32LE(bias, offset + 16);
  }
  return bytes.toString("base64");
}

/** South of the equator, with a clock that skips from midnight to one and back to eleven. */
const midnightSwitcher = timezone(
  180,
  { month: 2, week: 3, hour: 0, biasMinutes: 0 },
  { month: 10, week: 3, hour: 0, biasMinutes: -60 },
);
const withoutDaylight = timezone(
  -330,
  { month: 0, week: 0, hour: 0, biasMinutes: 0 },
  { month: 0, week: 0, hour: 0, biasMinutes: 0 },
);

const days = Array.from({ length: 366 * 30 }, (_, day) => Date.UTC(2008, 0, 1) + day * dayMs);

describe.each([
  ["Pacific time", pacificTimezone],
  ["a zone that skips midnight", midnightSwitcher],
  ["a zone without daylight time", withoutDaylight],
  ["no zone", undefined],
])("the days of %s", (_name, zone) => {
  it("begin where the day before ends", () => {
    for (const day of days) {
      const from = instantOfDay(day, zone);
      expect(dayOfInstant(from, zone)).toBe(day);
      expect(dayAroundInstant(from, zone)).toBe(day);
      expect(dayAroundInstant(from - 1, zone)).toBe(day - dayMs);
    }
  });
});

describe("Pacific time", () => {
  it("is what the zone's own rules make of it", () => {
    const clock = new Intl.DateTimeFormat("en-US", {
      timeZone: "America/Los_Angeles",
      hourCycle: "h23",
      hour: "2-digit",
      minute: "2-digit",
    });
    for (const day of days) {
      const from = instantOfDay(day, pacificTimezone);
      expect(clock.format(from)).toBe("00:00");
    }
  });

  it("has days of 23 and 25 hours", () => {
    const length = (day: number): number =>
      instantOfDay(day + dayMs, pacificTimezone) - instantOfDay(day, pacificTimezone);
    expect(length(Date.UTC(2013, 2, 10))).toBe(23 * hourMs);
    expect(length(Date.UTC(2013, 10, 3))).toBe(25 * hourMs);
  });
});
