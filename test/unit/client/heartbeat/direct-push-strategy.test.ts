import { describe, expect, it } from "vitest";
import { directPushStrategy } from "../../../../src/client/heartbeat/direct-push-strategy.js";
import { changedAfter, expired, ReplayedDevice, refusedFor, silentAfter } from "./replay.js";

const minute = 60;

describe("the Direct Push parameters", () => {
  it("replay the classic case: a network that times out at 13 minutes", () => {
    const device = new ReplayedDevice(directPushStrategy());
    expect(device.end(silentAfter(15 * minute))).toBe(15 * minute);
    expect(device.end(expired)).toBe(8 * minute);
    expect(device.end(changedAfter(4 * minute))).toBe(12 * minute);
    expect(device.end(expired)).toBe(12 * minute);
    expect(device.end(silentAfter(16 * minute))).toBe(16 * minute);
    for (let hour = 0; hour < 5; hour++) expect(device.end(expired)).toBe(12 * minute);
    expect(device.end(changedAfter(1))).toBe(12 * minute);
    expect(device.asks).toBe(12 * minute);
  });

  it("climb from the initial interval up to the carrier's maximum", () => {
    const device = new ReplayedDevice(directPushStrategy({ maximumSeconds: 20 * minute }));
    expect([device.end(expired), device.end(expired), device.end(expired), device.asks]).toEqual([
      15 * minute,
      19 * minute,
      20 * minute,
      20 * minute,
    ]);
  });

  it("end at the carrier's minimum when the fallback dies too, and climb from there", () => {
    const device = new ReplayedDevice(directPushStrategy({ minimumSeconds: 2 * minute }));
    device.end(silentAfter(900));
    device.end(silentAfter(480));
    expect(device.end(expired)).toBe(2 * minute);
    expect(device.asks).toBe(6 * minute);
  });

  it("keep what they begin with and fall back to within the carrier's bounds", () => {
    const long = new ReplayedDevice(directPushStrategy({ minimumSeconds: 20 * minute }));
    expect([long.end(silentAfter(1210)), long.asks]).toEqual([20 * minute, 20 * minute]);
    const short = new ReplayedDevice(directPushStrategy({ maximumSeconds: 5 * minute }));
    expect([short.end(silentAfter(310)), short.asks]).toEqual([5 * minute, 60]);
  });

  it("search again from the fallback when a settled interval dies", () => {
    const device = new ReplayedDevice(directPushStrategy());
    device.hold(13 * minute, 6);
    expect(device.end(silentAfter(730))).toBe(12 * minute);
    expect(device.asks).toBe(8 * minute);
  });

  it("take the server's bounds over the carrier's, and keep to them", () => {
    const device = new ReplayedDevice(directPushStrategy());
    device.end(refusedFor(10 * minute));
    expect(device.end(expired)).toBe(10 * minute);
    expect(device.asks).toBe(10 * minute);

    const short = new ReplayedDevice(directPushStrategy({ initialSeconds: 60, maximumSeconds: 120 }));
    short.end(refusedFor(300));
    expect(short.asks).toBe(300);
  });
});
