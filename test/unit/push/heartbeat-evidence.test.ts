import { describe, expect, test } from "vitest";
import {
  type EndedInterval,
  evidenceOf,
  type FollowingRequest,
} from "../../../src/push/heartbeat-evidence.js";

const expired: EndedInterval = { command: "Ping", askedSeconds: 900, outcome: "expired", heldSeconds: 899.8 };
const next = (afterSeconds: number, changes: Partial<FollowingRequest> = {}): FollowingRequest => ({
  command: "Ping",
  afterSeconds,
  isSameNetwork: true,
  ...changes,
});

describe("an answer that was written", () => {
  test.each<[string, EndedInterval, FollowingRequest, string | undefined]>([
    ["reached a device that asks again at once", expired, next(0.6), "carried"],
    ["was lost when the device comes back after Android's timeout", expired, next(5.3), "lost"],
    ["was lost when it comes back after a longer timeout", expired, next(32), "lost"],
    ["is in doubt when the device sleeps on", expired, next(1_800), undefined],
    ["is in doubt on another network", expired, next(0.6, { isSameNetwork: false }), undefined],
    [
      "was lost when a change was told that the device waited past",
      { ...expired, outcome: "changed", heldSeconds: 300 },
      next(606),
      "lost",
    ],
    [
      "reached a device that syncs at once",
      { ...expired, outcome: "changed", heldSeconds: 300 },
      next(2, { command: "Sync" }),
      "carried",
    ],
    [
      "is in doubt when a device pings at once that was told to sync",
      { ...expired, outcome: "changed", heldSeconds: 300 },
      next(2),
      undefined,
    ],
    [
      "is in doubt when a device syncs at once that was told of nothing",
      expired,
      next(2, { command: "Sync" }),
      undefined,
    ],
    [
      "reached a device that pings at once after its waiting Sync",
      { ...expired, command: "Sync" },
      next(2),
      "carried",
    ],
    [
      "is in doubt when its user opens the app meanwhile",
      { ...expired, outcome: "changed", heldSeconds: 300 },
      next(200),
      undefined,
    ],
    [
      "may take a slow network longer when it was early",
      { ...expired, heldSeconds: 800 },
      next(8),
      "carried",
    ],
    [
      "is never carried when it was due with the timeout",
      { ...expired, heldSeconds: 899 },
      next(5.8),
      "lost",
    ],
    [
      "is in doubt when another process held a short interval in between",
      { ...expired, askedSeconds: 60, heldSeconds: 60 },
      next(61),
      undefined,
    ],
    [
      "was lost of a device that waits 25 s longer than its minute",
      { ...expired, askedSeconds: 60, heldSeconds: 60 },
      next(26),
      "lost",
    ],
    [
      "says nothing of idle connections within seconds",
      { ...expired, outcome: "changed", heldSeconds: 12 },
      next(1),
      undefined,
    ],
    ["says nothing when the server shut down", { ...expired, outcome: "closing" }, next(1), undefined],
    ["says nothing when the mailbox failed", { ...expired, outcome: "failed" }, next(1), undefined],
  ])("%s", (_name, ended, following, kind) => {
    expect(evidenceOf(ended, following)?.kind).toBe(kind);
  });

  test("is evidence for the age of the connection", () => {
    expect(evidenceOf(expired, next(1))).toEqual({ kind: "carried", seconds: 899.8 });
  });
});

describe("a client that went away", () => {
  const gone: EndedInterval = {
    command: "Ping",
    askedSeconds: 900,
    outcome: "disconnected",
    heldSeconds: 60.1,
  };

  test("was cut off when it asks for the same again", () => {
    expect(evidenceOf(gone, next(1.5))).toEqual({ kind: "cut", seconds: 60.1 });
  });

  test("did so itself when it starts a Sync", () => {
    expect(evidenceOf(gone, next(0.2, { command: "Sync" }))).toBeUndefined();
  });

  test("slept or was out of coverage when it comes back late", () => {
    expect(evidenceOf(gone, next(600))).toBeUndefined();
  });

  test("was cut off in a hanging Sync as well", () => {
    expect(evidenceOf({ ...gone, command: "Sync" }, next(1, { command: "Sync" }))?.kind).toBe("cut");
  });
});

describe("a connection whose keep-alive probes timed out", () => {
  const silent: EndedInterval = {
    command: "Ping",
    askedSeconds: 900,
    outcome: "timed-out",
    heldSeconds: 310,
  };

  test("was dead at that age when the device waited on until its own timeout", () => {
    expect(evidenceOf(silent, next(595.3))).toEqual({ kind: "lost", seconds: 310 });
  });

  test("is no cut, at whatever age the probes find it dead again and again", () => {
    expect(evidenceOf(silent, next(1.5))).toBeUndefined();
  });

  test("may have been out of coverage when the device comes back at another time", () => {
    expect(evidenceOf(silent, next(300))).toBeUndefined();
    expect(evidenceOf(silent, next(2_000))).toBeUndefined();
  });

  test("tells nothing of a path that the device has left", () => {
    expect(evidenceOf(silent, next(595.3, { isSameNetwork: false }))).toBeUndefined();
  });
});
