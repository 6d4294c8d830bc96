import type { HeldRequest } from "../../../../src/index.js";

/** A held request: Alice's TestPhone D1 with a Ping of 900 s, unless told otherwise. */
export function heldRequest(wish: Partial<HeldRequest> = {}): HeldRequest {
  return {
    user: "alice",
    deviceId: "D1",
    deviceType: "TestPhone",
    command: "Ping",
    heartbeatSeconds: 900,
    askedSeconds: 900,
    heldSeconds: 0,
    folders: ["inbox"],
    sequence: 1,
    ...wish,
  };
}
