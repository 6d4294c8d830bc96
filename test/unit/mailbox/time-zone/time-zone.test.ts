import { describe, expect, it } from "vitest";
import { ianaNameOf, timeZoneOf } from "../../../../src/mailbox/time-zone/time-zone.js";
import {
  localTimeMs,
  readTimeZone,
  writeTimeZone,
} from "../../../../src/mailbox/time-zone/time-zone-rules.js";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const years = [2015, 2026, 2031];

/** Local time by Intl, counted as if it were UTC. */
function localByIntl(name: string): (instantMs: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (instantMs) => {
    const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
    return Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
  };
}

function rulesOf(name: string, year: number) {
  const rules = readTimeZone(timeZoneOf(name, year));
  if (rules === undefined) throw new Error(`No rules of ${name}`);
  return rules;
}

/** The instants of a year at which the structure and Intl disagree, looked at every 25 hours. */
function disagreements(name: string, year: number): string[] {
  const rules = rulesOf(name, year);
  const local = localByIntl(name);
  const wrong: string[] = [];
  for (let at = Date.UTC(year, 0, 2); at < Date.UTC(year, 11, 30); at += 25 * hourMs) {
    if (localTimeMs(at, rules) !== local(at)) wrong.push(`${name} ${new Date(at).toISOString()}`);
  }
  return wrong;
}

describe("timeZoneOf", () => {
  it("writes the structure of Pacific time as [MS-ASDTYPE] has it", () => {
    expect(rulesOf("America/Los_Angeles", 2026)).toEqual({
      biasMinutes: 480,
      standardName: "Pacific Standard Time",
      standard: { year: 0, month: 11, dayOfWeek: 0, week: 1, timeOfDayMs: 2 * hourMs, biasMinutes: 0 },
      daylight: { year: 0, month: 3, dayOfWeek: 0, week: 2, timeOfDayMs: 2 * hourMs, biasMinutes: -60 },
    });
  });

  it.each([
    ["Europe/Berlin", -60, [10, 0, 5, 3], [3, 0, 5, 2]],
    ["Europe/Dublin", 0, [10, 0, 5, 2], [3, 0, 5, 1]],
    // South of the equator, daylight saving time begins in spring all the same.
    ["Australia/Sydney", -600, [4, 0, 1, 3], [10, 0, 1, 2]],
    ["Pacific/Auckland", -720, [4, 0, 1, 3], [9, 0, 5, 2]],
    // At midnight, where a day has no beginning.
    ["America/Santiago", 240, [4, 0, 1, 0], [9, 0, 1, 0]],
    ["Asia/Beirut", -120, [10, 0, 5, 0], [3, 0, 5, 0]],
    ["America/Havana", 300, [11, 0, 1, 1], [3, 0, 2, 0]],
  ] as const)("tells when the clock of %s is changed", (name, bias, standard, daylight) => {
    const rules = rulesOf(name, 2026);
    const shown = ({ month, dayOfWeek, week, timeOfDayMs }: typeof rules.standard) => [
      month,
      dayOfWeek,
      week,
      timeOfDayMs / hourMs,
    ];
    expect([rules.biasMinutes, shown(rules.standard), shown(rules.daylight)]).toEqual([
      bias,
      standard,
      daylight,
    ]);
  });

  it.each(["Asia/Kolkata", "Asia/Tokyo", "America/Phoenix", "Africa/Lagos", "Asia/Kathmandu"])(
    "tells no change for %s, which has none",
    (name) => {
      const rules = rulesOf(name, 2026);
      expect([rules.standard.month, rules.daylight.month]).toEqual([0, 0]);
    },
  );

  it("has half hours of daylight saving time", () => {
    const { biasMinutes, daylight } = rulesOf("Australia/Lord_Howe", 2026);
    expect([biasMinutes, daylight.biasMinutes]).toEqual([-630, -30]);
  });

  it.each(years)(
    "gives the local time of every zone throughout %i, but where the clock is changed more than twice",
    (year) => {
      const wrong = Intl.supportedValuesOf("timeZone").flatMap((name) =>
        disagreements(name, year).slice(0, 1),
      );
      // Ramadan, in Morocco; more than one change that stayed, in the others.
      const known = /^(?:Africa\/(?:Casablanca|El_Aaiun|Cairo)|America\/(?:Argentina\/San_Luis|Araguaina))/;
      expect(wrong.filter((line) => !known.test(line))).toEqual([]);
    },
    0,
  );

  it("is right in the year of a change for good", () => {
    expect(disagreements("Europe/Volgograd", 2020)).toEqual([]);
    expect(disagreements("Europe/Istanbul", 2016)).toEqual([]);
  });

  it("knows no zone that Node does not, and no year out of range", () => {
    expect(timeZoneOf("Mars/Olympus", 2026)).toBeUndefined();
    expect(timeZoneOf("", 2026)).toBeUndefined();
    expect(timeZoneOf("Europe/Berlin", 1969)).toBeUndefined();
    expect(timeZoneOf("Europe/Berlin", 2026.5)).toBeUndefined();
    expect(timeZoneOf("Europe/Berlin", Number.NaN)).toBeUndefined();
  });
});

describe("ianaNameOf", () => {
  it.each([2015, 2026])("finds for every zone one with the same local time in %i", (year) => {
    const wrong = Intl.supportedValuesOf("timeZone").filter((name) => {
      const found = ianaNameOf(timeZoneOf(name, year) ?? "", { year });
      if (found === undefined) return true;
      return timeZoneOf(found, year)?.slice(0, 4) !== timeZoneOf(name, year)?.slice(0, 4);
    });
    expect(wrong).toEqual([]);
  });

  it("goes by the name that Windows gives where many have the same rules", () => {
    const named = (standardName: string) =>
      ianaNameOf(writeTimeZone({ ...rulesOf("Europe/Berlin", 2026), standardName }), { year: 2026 });
    expect(named("W. Europe Standard Time")).toBe("Europe/Berlin");
    expect(named("Romance Standard Time")).toBe("Europe/Paris");
    expect(named("CENTRAL EUROPE STANDARD TIME")).toBe("Europe/Budapest");
    expect(named("Europe/Zurich")).toBe("Europe/Zurich");
  });

  it("goes by the rules where the name is that of another zone, of none, or missing", () => {
    const named = (standardName: string) =>
      ianaNameOf(writeTimeZone({ ...rulesOf("America/New_York", 2026), standardName }), { year: 2026 });
    expect(named("Pacific Standard Time")).toBe("America/New_York");
    expect(named("Heure de l'Est")).toBe("America/New_York");
    expect(named("")).toBe("America/New_York");
  });

  it("takes the user's own zone where it fits, and not where it does not", () => {
    const berlin = writeTimeZone({ ...rulesOf("Europe/Berlin", 2026), standardName: "" });
    expect(ianaNameOf(berlin, { year: 2026, preferred: "Europe/Vienna" })).toBe("Europe/Vienna");
    expect(ianaNameOf(berlin, { year: 2026, preferred: "Europe/London" })).toBe("Europe/Berlin");
    const newYork = writeTimeZone({ ...rulesOf("America/New_York", 2026), standardName: "" });
    expect(ianaNameOf(newYork, { year: 2026, preferred: "America/Havana" })).toBe("America/New_York");
  });

  it("tells zones apart by the hour and the week of their changes", () => {
    for (const name of ["America/Havana", "Asia/Jerusalem", "Australia/Lord_Howe", "America/Santiago"]) {
      const nameless = writeTimeZone({ ...rulesOf(name, 2026), standardName: "" });
      expect(ianaNameOf(nameless, { year: 2026 })).toBe(name);
    }
  });

  it("takes the zone that is near where a device rounds the hour of the change", () => {
    const rules = rulesOf("Europe/Berlin", 2026);
    const rounded = writeTimeZone({
      ...rules,
      standardName: "",
      standard: { ...rules.standard, timeOfDayMs: 4 * hourMs },
    });
    expect(ianaNameOf(rounded, { year: 2026 })).toBe("Europe/Berlin");
  });

  it("reads a change on a date of one year, and the last millisecond of a day as its end", () => {
    const rules = rulesOf("Asia/Beirut", 2026);
    const atEnd = { ...rules.standard, dayOfWeek: 6, week: 5, timeOfDayMs: dayMs - 1 };
    const onDate = { ...rules.daylight, year: 2026, month: 3, week: 29 };
    const structure = writeTimeZone({ ...rules, standardName: "", standard: atEnd, daylight: onDate });
    expect(ianaNameOf(structure, { year: 2026 })).toBeDefined();
  });

  it("answers undefined for what is no structure, and for rules that no zone has", () => {
    expect(ianaNameOf("")).toBeUndefined();
    expect(ianaNameOf("AAAA")).toBeUndefined();
    expect(ianaNameOf(Buffer.alloc(172, 0xff).toString("base64"))).toBeUndefined();
    expect(ianaNameOf(timeZoneOf("Europe/Berlin", 2026) ?? "", { year: 99_999 })).toBeUndefined();
  });

  it("takes zeros for UTC", () => {
    expect(ianaNameOf(Buffer.alloc(172).toString("base64"))).toBe("Etc/UTC");
  });
});
