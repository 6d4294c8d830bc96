import { describe, expect, test } from "vitest";
import { CutSurvey } from "../../../src/push/cut-survey.js";
import { likelyCulprits } from "../../../src/push/likely-culprits.js";

describe("cuts at one age", () => {
  test("are told once for a network, with what is known for such a limit", () => {
    const survey = new CutSurvey();
    expect(survey.note("10.0.0.0/24", 60)).toEqual({
      seconds: 60,
      network: "10.0.0.0/24",
      networks: 1,
      likelyCulprits: expect.arrayContaining([expect.stringContaining("nginx")]),
    });
    expect(survey.note("10.0.0.0/24", 61)).toBeUndefined();
    expect(survey.note("10.0.0.0/24", 100)).toMatchObject({ seconds: 100 });
  });

  test("on three networks are on the server's own side, and are told no more", () => {
    const survey = new CutSurvey();
    survey.note("a", 100);
    survey.note("b", 101);
    expect(survey.note("c", 100)).toMatchObject({ network: undefined, networks: 3, seconds: 100 });
    expect(survey.note("d", 100)).toBeUndefined();
    expect(survey.note("d", 60)).toMatchObject({ network: "d" });
  });

  test("are remembered of a bounded number of networks", () => {
    const survey = new CutSurvey();
    survey.note("first", 60);
    for (let index = 0; index < 1_000; index += 1) survey.note(`n${index}`, 5_000 + index * 1_000);
    expect(survey.note("first", 60)).toMatchObject({ network: "first" });
  });
});

test.each([
  [30, "Google Cloud"],
  [59.5, "nginx"],
  [60, "AWS application"],
  [101, "Cloudflare"],
  [240, "Azure"],
  [350, "AWS network"],
])("a limit of %d s is that of %s", (seconds, name) => {
  expect(likelyCulprits(seconds).some((culprit) => culprit.includes(name))).toBe(true);
});

test("a limit that nothing has by default is nobody's", () => {
  expect(likelyCulprits(780)).toEqual([]);
});
