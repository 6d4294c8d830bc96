import { describe, expect, test } from "vitest";
import { networks } from "../../heartbeat-simulation/networks.js";
import {
  type LearningRow,
  learningRow,
  learningRows,
} from "../../heartbeat-simulation/server/learning-rows.js";
import { phones } from "../../heartbeat-simulation/server/phones.js";
import { carried, quiet } from "../../heartbeat-simulation/server/server-week.js";

const week = 7 * 86_400;
const rowsAtRest = learningRows(quiet, 1, week);
const rowsCarried = learningRows(carried, 1, week);

const fixedLimit = /^\d+ (s|min), silent$/;
const cutting = /^(60 s proxy|4 min load balancer)/;

const named = (rows: readonly LearningRow[]) =>
  rows.map((row) => [`${row.network.name}: ${row.phone.name}`, row] as const);
const avoidable = ({ off, ideal }: LearningRow) => off.deadSeconds - ideal.deadSeconds;
const gone = (row: LearningRow) => (row.off.deadSeconds - row.on.deadSeconds) / avoidable(row);

describe("a week of a phone that only pings", () => {
  const limited = rowsAtRest.filter(({ network }) => fixedLimit.test(network.name));

  test.each(named(limited.filter((row) => avoidable(row) > 0)))(
    "on a fixed limit has nine tenths of the minutes without push gone: %s",
    (_name, row) => {
      expect(gone(row)).toBeGreaterThan(0.9);
    },
  );

  test.each(named([...limited, ...rowsAtRest.filter(({ network }) => cutting.test(network.name))]))(
    "on a fixed limit takes a tenth more requests than the ideal at most: %s",
    (_name, { on, ideal }) => {
      expect(on.requests).toBeLessThan(ideal.requests * 1.1);
    },
  );

  test.each(named(rowsAtRest.filter(({ network }) => network.name === "no limit")))(
    "is as it was where there is none: %s",
    (_name, { on, off }) => {
      expect(on.answers).toEqual(off.answers);
    },
  );
});

describe("a week of a phone that is carried about", () => {
  const limited = rowsCarried.filter(({ network }) => fixedLimit.test(network.name));

  test.each(named(limited.filter((row) => avoidable(row) > 0)))(
    "on a fixed limit has most of the minutes without push gone: %s",
    (_name, row) => {
      expect(gone(row)).toBeGreaterThan(0.8);
      expect(row.on.requests).toBeLessThan(row.ideal.requests * 1.12);
    },
  );

  test.each(named(rowsCarried.filter(({ network }) => network.name === "no limit")))(
    "takes nothing that the phone does for a limit: %s",
    (_name, { on, off }) => {
      expect(on.answers).toEqual(off.answers);
    },
  );

  test.each(named(rowsCarried.filter(({ network }) => network.name.startsWith("no limit, lost"))))(
    "takes hardly a loss by chance for a limit: %s",
    (_name, { on, off }) => {
      expect(on.requests).toBeLessThan(off.requests * 1.1);
      expect(on.deadSeconds).toBeLessThan(off.deadSeconds * 1.1);
    },
  );
});

describe("twelve weeks of a phone that asks for 59 minutes and is carried about", () => {
  const stubborn = phones.filter(({ firstSeconds }) => firstSeconds === 3_540);
  const seeds = Array.from({ length: 12 }, (_, index) => index + 1);
  const weeks = (network: (typeof networks)[number]) =>
    stubborn.flatMap((phone) =>
      seeds.map((seed) => learningRow({ network, phone, habits: carried, seed, seconds: week })),
    );
  const total = (rows: readonly LearningRow[], measure: (row: LearningRow) => number) =>
    rows.reduce((sum, row) => sum + measure(row), 0);

  test.each(
    networks.filter(({ name }) => fixedLimit.test(name)).map((network) => [network.name, network] as const),
  )(
    "have nine tenths of the minutes without push gone on a fixed limit, and none is far from it: %s",
    (_name, network) => {
      const rows = weeks(network);
      const dead = (row: LearningRow) => row.off.deadSeconds - row.on.deadSeconds;
      expect(total(rows, dead) / total(rows, avoidable)).toBeGreaterThan(0.9);
      for (const row of rows) expect(gone(row)).toBeGreaterThan(0.84);
      expect(total(rows, ({ on }) => on.requests)).toBeLessThan(
        total(rows, ({ ideal }) => ideal.requests) * 1.1,
      );
    },
  );

  test.each(
    networks.filter(({ name }) => name === "no limit").map((network) => [network.name, network] as const),
  )("go as they would without learning where nothing is lost: %s", (_name, network) => {
    for (const { on, off } of weeks(network)) expect(on.answers).toEqual(off.answers);
  });
});
