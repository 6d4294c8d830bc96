import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../../src/cli/duration.js";

describe("durations on the command line", () => {
  it.each([
    ["20s", 20],
    ["30m", 1800],
    ["1h", 3600],
    ["90", 90],
    [" 5m ", 300],
  ])("reads %j as %i seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(["", "m", "0", "0s", "-5s", "1.5m", "5d", "5 m", "1h30m", "9999999s", "NaN"])(
    "does not read %j",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each([
    [0, "0s"],
    [45, "45s"],
    [60, "1m"],
    [65, "1m 5s"],
    [780, "13m"],
    [3540, "59m"],
    [3600, "1h"],
    [3661, "1h 1m 1s"],
    [59.7, "1m"],
    [-3, "0s"],
  ])("writes %d seconds as %j", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
