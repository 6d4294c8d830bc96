import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learningStrategy } from "../../../../src/client/heartbeat/learning-strategy.js";
import { changedAfter, cutAfter, expired, ReplayedDevice, refusedFor, silentAfter } from "./replay.js";

const minute = 60;
const hour = 60 * minute;
const newDevice = () => new ReplayedDevice(learningStrategy());

/** A device that has found a silent limit. */
function settledAt(limitSeconds: number): ReplayedDevice<unknown> {
  const device = newDevice();
  device.hold(limitSeconds, 80);
  return device;
}

describe("the search of the learning strategy", () => {
  it("finds any silent limit with few failures", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 3540 }), (limitSeconds) => {
        const device = newDevice();
        const died = device.hold(limitSeconds, 40);
        expect(died.length).toBeLessThanOrEqual(limitSeconds < 480 ? 5 : 3);
        expect(device.asks).toBeLessThanOrEqual(limitSeconds * 1.08 + 1);
        expect(device.asks).toBeGreaterThanOrEqual(limitSeconds * 0.87 - 1);
      }),
    );
  });

  it("finds a cut at once from its age, and looks twice before it believes", () => {
    const device = newDevice();
    expect(device.end(cutAfter(60))).toBe(480);
    expect(device.end(cutAfter(60.2))).toBe(61);
    expect(device.end(expired)).toBe(58);
    expect(device.end(expired)).toBe(58);
  });

  it("does not fall for one chance cut", () => {
    const device = newDevice();
    device.end(cutAfter(20));
    device.end(expired);
    for (let held = 0; held < 30; held++) device.end(expired);
    expect(device.asks).toBeGreaterThan(480);
  });

  it("rises to the maximum where there is no limit, and stays", () => {
    const device = newDevice();
    expect(device.hold(Number.POSITIVE_INFINITY, 30)).toEqual([]);
    expect(device.asks).toBe(3540);
  });

  it("takes a change for proof of its seconds, and an abandoned interval for none", () => {
    const device = newDevice();
    device.end(changedAfter(470));
    expect(device.asks).toBe(540);
    device.end({ kind: "abandoned", afterSeconds: 530 });
    expect(device.asks).toBe(540);
  });

  it("comes within 2 % of a limit by small steps, of which the last alone dies, by little", () => {
    fc.assert(
      fc.property(fc.integer({ min: 600, max: 3400 }), (limitSeconds) => {
        const device = newDevice();
        const died = device.hold(limitSeconds, 200);
        expect(device.asks).toBeGreaterThan(limitSeconds * 0.97);
        for (const seconds of died.slice(1)) expect(seconds).toBeLessThanOrEqual(limitSeconds * 1.021 + 1);
      }),
      { numRuns: 30 },
    );
  });

  it("tries a little more after hours, and less often each time", () => {
    const device = settledAt(13 * minute);
    const retries: number[] = [];
    for (let hours = 0; hours < 7 * 24 * 5; hours++) {
      const { asks } = device;
      if (asks > 13 * minute) retries.push(asks);
      device.end(asks > 13 * minute ? silentAfter(asks + 10) : expired);
    }
    expect(retries.length).toBeGreaterThan(2);
    expect(retries.length).toBeLessThan(10);
    expect(Math.max(...retries)).toBeLessThan(13 * minute * 1.07);
  });
});

describe("chance and limits, told apart by the learning strategy", () => {
  it("comes back to its interval when a shorter one and it are carried after a failure", () => {
    const device = settledAt(20 * minute);
    const before = device.asks;
    device.end(silentAfter(before + 10));
    expect(device.asks).toBeLessThan(before / 3);
    device.end(expired);
    device.end(expired);
    // Hardly less: the limit may also be one that varies.
    expect(device.end(expired)).toBeGreaterThan(before * 0.95);
    expect(device.asks).toBeGreaterThan(before * 0.95);
  });

  it("shortens the interval while losses are frequent, and lengthens it again after", () => {
    const device = settledAt(Number.POSITIVE_INFINITY);
    for (let loss = 0; loss < 12; loss++) {
      device.end(silentAfter(3550));
      for (let held = 0; held < 5; held++) device.end(expired);
    }
    expect(device.asks).toBeLessThan(2400);
    device.hold(Number.POSITIVE_INFINITY, 300);
    expect(device.asks).toBe(3540);
  });

  it("gives way when the limit moves down, within three failures", () => {
    const device = settledAt(29 * minute);
    const died = device.hold(9 * minute, 30);
    expect(died.length).toBeLessThanOrEqual(4);
    expect(device.asks).toBeGreaterThan(9 * minute * 0.85);
    expect(device.asks).toBeLessThanOrEqual(9 * minute);
  });

  it("notices within a day that the limit moved up", () => {
    const device = settledAt(9 * minute);
    device.hold(9 * minute, 300);
    device.hold(20 * minute, 40 + (26 * hour) / (9 * minute));
    expect(device.asks).toBeGreaterThan(17 * minute);
  });

  it("remembers its interval through an outage", () => {
    const device = settledAt(29 * minute);
    const before = device.asks;
    device.hold(0, 6);
    expect(device.asks).toBe(15);
    device.hold(29 * minute, 8);
    expect(device.asks).toBeGreaterThan(before * 0.95);
    device.hold(29 * minute, 100);
    expect(device.asks).toBe(before);
  });

  it("believes a second cut at the same age", () => {
    const device = settledAt(Number.POSITIVE_INFINITY);
    device.end(cutAfter(600));
    expect(device.asks).toBe(3540);
    device.end(cutAfter(601));
    expect(device.asks).toBeLessThan(600);
    expect(device.asks).toBeGreaterThan(570);
  });
});

describe("the networks of the learning strategy", () => {
  it("are remembered apart", () => {
    const device = newDevice();
    device.network = "cellular";
    device.hold(13 * minute, 40);
    const cellular = device.asks;
    device.network = "home";
    device.hold(Number.POSITIVE_INFINITY, 40);
    expect(device.asks).toBe(3540);
    device.network = "cellular";
    expect(device.asks).toBeGreaterThanOrEqual(cellular);
    expect(device.asks).toBeLessThan(14 * minute);
  });

  it("are not blamed for a connection that ended with the one before", () => {
    const device = newDevice();
    device.network = "home";
    device.hold(Number.POSITIVE_INFINITY, 40);
    const home = device.asks;
    device.network = "cellular";
    const asked = device.asks;
    device.end(cutAfter(7));
    expect(device.asks).toBe(asked);
    device.network = "home";
    expect(device.asks).toBe(home);
  });

  it("are kept to a number, the ones in use", () => {
    const device = newDevice();
    for (let index = 0; index < 100; index++) {
      device.network = `hotel ${index}`;
      device.end(expired);
    }
    expect(Object.keys(device.state.paths)).toHaveLength(32);
    expect(Object.keys(device.state.paths)).toContain("hotel 99");
  });
});

describe("the server's bounds and the learning strategy", () => {
  it("are kept to, and tried again after a day", () => {
    const device = newDevice();
    device.hold(Number.POSITIVE_INFINITY, 40);
    device.end(refusedFor(1800));
    expect(device.end(expired)).toBe(1800);
    device.sleep(12 * hour);
    expect(device.asks).toBe(1800);
    device.sleep(12 * hour);
    expect(device.asks).toBe(3540);
  });
});
