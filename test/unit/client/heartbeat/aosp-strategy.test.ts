import { describe, expect, it } from "vitest";
import { aospStrategy } from "../../../../src/client/heartbeat/aosp-strategy.js";
import { changedAfter, cutAfter, expired, ReplayedDevice, refusedFor, silentAfter } from "./replay.js";

describe("the algorithm of Android's Exchange app", () => {
  it("climbs from 480 by 300 to 1680", () => {
    const device = new ReplayedDevice(aospStrategy);
    const asked = Array.from({ length: 6 }, () => device.end(expired));
    expect(asked).toEqual([480, 780, 1080, 1380, 1680, 1680]);
  });

  it("loses 300 with each failure, but not below 480", () => {
    const device = new ReplayedDevice(aospStrategy);
    device.end(expired);
    device.end(expired);
    expect(device.end(silentAfter(1085))).toBe(1080);
    expect(device.end(cutAfter(3))).toBe(780);
    expect(device.end(cutAfter(3))).toBe(480);
    expect(device.asks).toBe(480);
  });

  it("never settles on a network that dies at 13 minutes", () => {
    const device = new ReplayedDevice(aospStrategy);
    expect(device.hold(13 * 60, 20)).toEqual(Array.from({ length: 9 }, () => 1080));
  });

  it("learns nothing from a change", () => {
    const device = new ReplayedDevice(aospStrategy);
    device.end(changedAfter(479));
    expect(device.asks).toBe(480);
  });

  it("takes the server's value as it is, until the next answer", () => {
    const device = new ReplayedDevice(aospStrategy);
    device.end(refusedFor(60));
    expect(device.end(silentAfter(65))).toBe(60);
    expect(device.asks).toBe(480);
    device.end(refusedFor(3540));
    expect(device.end(expired)).toBe(3540);
    expect(device.asks).toBe(1680);
  });
});
