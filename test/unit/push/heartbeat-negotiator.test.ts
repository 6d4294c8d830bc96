import { describe, expect, test } from "vitest";
import { BoundedHeartbeatNegotiator, type HeartbeatBounds } from "../../../src/push/heartbeat-negotiator.js";

const device = { user: "alice", deviceId: "d1" };

describe("bounds", () => {
  test.each([
    [59, { kind: "refused", nearestSeconds: 60 }],
    [60, { kind: "accepted", heartbeatSeconds: 60, answerAfterSeconds: 60 }],
    [3540, { kind: "accepted", heartbeatSeconds: 3540, answerAfterSeconds: 3540 }],
    [3541, { kind: "refused", nearestSeconds: 3540 }],
    [-100, { kind: "refused", nearestSeconds: 60 }],
    [6_000_000, { kind: "refused", nearestSeconds: 3540 }],
    [Number.POSITIVE_INFINITY, { kind: "refused", nearestSeconds: 3540 }],
    [Number.NaN, { kind: "refused", nearestSeconds: 60 }],
  ])("by default decide on %d seconds", (askedSeconds, decision) => {
    expect(new BoundedHeartbeatNegotiator().negotiate(device, askedSeconds)).toEqual(decision);
  });

  test("may be one single interval", () => {
    const negotiator = new BoundedHeartbeatNegotiator({ minSeconds: 300, maxSeconds: 300 });
    expect(negotiator.negotiate(device, 299)).toEqual({ kind: "refused", nearestSeconds: 300 });
    expect(negotiator.negotiate(device, 301)).toEqual({ kind: "refused", nearestSeconds: 300 });
    expect(negotiator.negotiate(device, 300)).toMatchObject({ kind: "accepted" });
  });

  test.each<[HeartbeatBounds, RegExp]>([
    [{ minSeconds: 0 }, /minSeconds .* 1 to 3540: 0/],
    [{ minSeconds: 60.5 }, /minSeconds .*: 60\.5/],
    [{ minSeconds: Number.NaN }, /minSeconds .*: NaN/],
    [{ maxSeconds: 3541 }, /maxSeconds .* 1 to 3540: 3541/],
    [{ minSeconds: 600, maxSeconds: 300 }, /minSeconds .* maxSeconds: 600 > 300/],
  ])("that make no sense are refused when given: %o", (options, message) => {
    expect(() => new BoundedHeartbeatNegotiator(options)).toThrowError(
      expect.objectContaining({ code: "ERR_OPTION_INVALID", message: expect.stringMatching(message) }),
    );
  });
});
