import { describe, expect, it } from "vitest";
import { backOffMs, ImapBackOff } from "../../../src/imap/imap-connections-back-off.js";
import { FakeClock } from "../../../src/testing/index.js";

describe("backing off from an IMAP server", () => {
  it("waits twice as long each time up to the longest, and leaves half of it to chance", () => {
    const of = (random: number) =>
      [1, 2, 3, 7, 100].map((failures) => backOffMs(failures, 30_000, () => random));
    expect(of(0)).toEqual([250, 500, 1_000, 15_000, 15_000]);
    expect(of(0.5)).toEqual([375, 750, 1_500, 22_500, 22_500]);
  });

  it("forgives a server that restarts, then lets one attempt at a time through", async () => {
    const clock = new FakeClock();
    const backOff = new ImapBackOff(clock, 30_000, () => 0);
    backOff.failed(backOff.begin());
    backOff.failed(backOff.begin());
    expect(backOff.waitMs).toBe(0);
    backOff.failed(backOff.begin());
    expect(backOff.waitMs).toBe(250);
    await clock.advance(250);
    expect(backOff.waitMs).toBe(0);
    const attempt = backOff.begin();
    expect(backOff.waitMs).toBeGreaterThan(0);
    backOff.failed(attempt);
    expect(backOff.waitMs).toBe(500);
  });

  it("counts attempts that fail together as one", () => {
    const backOff = new ImapBackOff(new FakeClock(), 30_000, () => 0);
    const together = [backOff.begin(), backOff.begin(), backOff.begin(), backOff.begin()];
    for (const attempt of together) backOff.failed(attempt);
    expect(backOff.waitMs).toBe(0);
  });

  it("says once that the server is back", () => {
    const backOff = new ImapBackOff(new FakeClock(), 30_000, () => 0);
    let told = 0;
    const stop = backOff.onReachable(() => {
      told += 1;
    });
    backOff.reached();
    expect(told).toBe(0);
    backOff.failed(backOff.begin());
    backOff.reached();
    backOff.reached();
    expect(told).toBe(1);
    stop();
    backOff.failed(backOff.begin());
    backOff.reached();
    expect(told).toBe(1);
  });
});
