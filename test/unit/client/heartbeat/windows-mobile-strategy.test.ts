import { describe, expect, it } from "vitest";
import { windowsMobileStrategy } from "../../../../src/client/heartbeat/windows-mobile-strategy.js";
import { changedAfter, expired, ReplayedDevice, refusedFor, silentAfter } from "./replay.js";

describe("the algorithm of Windows Mobile", () => {
  it("adds an increment after each answer, up to the maximum", () => {
    const device = new ReplayedDevice(windowsMobileStrategy({ maximumSeconds: 1500 }));
    const asked = Array.from({ length: 6 }, () => device.end(expired));
    expect(asked).toEqual([480, 780, 1080, 1380, 1500, 1500]);
  });

  it("goes back to the one before when an increase dies, also when a change came in between", () => {
    const device = new ReplayedDevice(windowsMobileStrategy());
    device.end(expired);
    device.end(expired);
    device.end(changedAfter(100));
    expect(device.end(silentAfter(1090))).toBe(1080);
    expect(device.asks).toBe(780);
  });

  it("goes to the minimum when one dies that was no increase", () => {
    const device = new ReplayedDevice(windowsMobileStrategy({ minimumSeconds: 300 }));
    device.end(expired);
    device.end(silentAfter(790));
    expect(device.end(silentAfter(490))).toBe(480);
    expect(device.asks).toBe(300);
  });

  it("keeps to the server's bounds", () => {
    const device = new ReplayedDevice(windowsMobileStrategy());
    device.end(refusedFor(600));
    expect(device.end(expired)).toBe(600);
    device.end(refusedFor(550));
    expect(device.asks).toBe(550);
  });
});
