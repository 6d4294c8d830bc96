import { expect, test } from "vitest";
import { counters, killWriters } from "./killed-writers.js";

/** `DIRECT_PUSH_KILLS=5000` looks longer; `.ci/run` kills some hundreds. */
const kills = Number(process.env["DIRECT_PUSH_KILLS"] ?? 25);

test(
  `processes that are killed ${kills} times in the middle of writing lose, tear and double nothing`,
  async () => {
    const ledger = await killWriters(kills);
    expect(ledger.faults).toEqual([]);
    expect(ledger.highest.size).toBe(counters);
    expect(ledger.counted).toBeGreaterThan(kills);
  },
  60_000 + kills * 1_000,
);
