import { describe, expect, it } from "vitest";
import { compactDateTimeText, dateTimeText, instantOf } from "../../../src/application-data/date-time.js";

const instant = Date.UTC(2013, 6, 22, 9, 0, 0);

describe("dates on the wire", () => {
  it("are written in both forms", () => {
    expect(dateTimeText(instant)).toBe("2013-07-22T09:00:00.000Z");
    expect(compactDateTimeText(instant)).toBe("20130722T090000Z");
  });

  it.each([
    "2013-07-22T09:00:00.000Z",
    "2013-07-22T09:00:00Z",
    "20130722T090000Z",
    " 20130722T090000Z ",
    "2013-07-22T09:00Z",
    "2013-07-22T09:00:00.0000000Z",
    "2013-07-22T09:00:00+00:00",
  ])("%s is read", (text) => {
    expect(instantOf(text)).toBe(instant);
  });

  it("keeps milliseconds and takes a date alone", () => {
    expect(instantOf("2013-07-22T09:00:00.123Z")).toBe(instant + 123);
    expect(instantOf("2013-07-22")).toBe(Date.UTC(2013, 6, 22));
    expect(instantOf("0099-01-01T00:00:00Z")).toBe(Date.parse("0099-01-01T00:00:00Z"));
  });

  it.each([
    "",
    "soon",
    "2013-13-01",
    "2013-02-30",
    "2013-07-22T24:00:00Z",
    "2013-07-22T09:60:00Z",
    "2013-07-22T09:00:00+02:00",
  ])("%s is no date", (text) => {
    expect(instantOf(text)).toBeUndefined();
  });
});
