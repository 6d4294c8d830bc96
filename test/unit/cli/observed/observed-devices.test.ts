import { describe, expect, test } from "vitest";
import type { DeviceQuery } from "../../../../src/cli/observed/device-query.js";
import { type DeviceMemory, ObservedDevices } from "../../../../src/cli/observed/observed-devices.js";
import type { EndedEvent } from "../../../../src/index.js";
import { heldRequest } from "./held-request.js";

const everything: DeviceQuery = { text: "", show: "known", order: "name", after: undefined, limit: 100 };

function setUp(memory: Partial<DeviceMemory> = {}) {
  let nowMs = 1_000_000;
  const devices = new ObservedDevices(
    "n1",
    { maxAway: 100, forgetAfterSeconds: 3_600, ...memory },
    () => nowMs,
  );
  const end = (wish: Parameters<typeof heldRequest>[0], more: Partial<EndedEvent> = {}): void => {
    const hold = heldRequest(wish);
    const { askedSeconds, heldSeconds } = hold;
    const rest = { folders: [], wakeReason: undefined, pushMilliseconds: undefined } as const;
    devices.ended({ hold, kind: "expired", askedSeconds, heldSeconds, ...rest, ...more });
  };
  return {
    devices,
    hold: (wish: Parameters<typeof heldRequest>[0]) => devices.held(heldRequest(wish)),
    end,
    pass: (seconds: number) => {
      nowMs += seconds * 1_000;
    },
    rows: (query: Partial<DeviceQuery> = {}) => devices.page({ ...everything, ...query }).rows,
  };
}

describe("the devices that a server holds", () => {
  test("are told with what they asked, what they got, and since when", () => {
    const { hold, rows } = setUp();
    hold({ askedSeconds: 900, heartbeatSeconds: 840, heldSeconds: 2 });
    expect(rows()).toEqual([
      {
        node: "n1",
        user: "alice",
        deviceId: "D1",
        deviceType: "TestPhone",
        holds: [{ command: "Ping", askedSeconds: 900, heartbeatSeconds: 840, sinceMs: 998_000 }],
        limits: [],
        outcomes: [],
        seenMs: 1_000_000,
        pushMilliseconds: undefined,
      },
    ]);
  });

  test("hold one request of each command, the newest", () => {
    const { devices, hold, end, rows } = setUp();
    hold({ sequence: 1 });
    hold({ sequence: 3, heartbeatSeconds: 480 });
    hold({ sequence: 2, heartbeatSeconds: 300 });
    hold({ sequence: 4, command: "Sync" });
    expect(devices.heldCounts).toEqual({ Ping: 1, Sync: 1 });
    end({ sequence: 1 }, { kind: "superseded" });
    end({ sequence: 2 }, { kind: "superseded" });
    expect(rows()[0]?.holds.map(({ heartbeatSeconds }) => heartbeatSeconds)).toEqual([480, 900]);
    end({ sequence: 3 });
    end({ sequence: 4, command: "Sync" });
    expect(devices.heldCounts).toEqual({ Ping: 0, Sync: 0 });
    expect(rows({ show: "held" })).toEqual([]);
  });

  test("keep the last outcomes, the newest first, and the last push", () => {
    const { hold, end, rows } = setUp();
    for (let sequence = 1; sequence <= 7; sequence += 1) {
      hold({ sequence });
      end({ sequence }, { kind: sequence === 7 ? "changed" : "expired", heldSeconds: sequence });
    }
    expect(rows()[0]?.outcomes.map(({ heldSeconds }) => heldSeconds)).toEqual([7, 6, 5, 4, 3]);
    end({ sequence: 8 }, { kind: "changed", pushMilliseconds: 51 });
    end({ sequence: 9 }, { kind: "expired" });
    expect(rows()[0]?.pushMilliseconds).toBe(51);
  });

  test("keep the limits of the networks they were on last", () => {
    const { devices, rows } = setUp();
    const limit = { carriedSeconds: 280, lostSeconds: 300, end: "silent" } as const;
    for (const network of ["a", "b", "c", "d"]) {
      devices.learned({ user: "alice", deviceId: "D1", network, limit });
    }
    devices.learned({ user: "alice", deviceId: "D1", network: "c", limit: undefined });
    devices.learned({ user: "alice", deviceId: "D1", network: "b", limit: { ...limit, end: "cut" } });
    expect(rows()[0]?.limits.map(({ network, end }) => `${network} ${end}`)).toEqual(["b cut", "d silent"]);
  });

  test("are forgotten a while after they went, and when there are too many", () => {
    const { devices, hold, end, pass, rows } = setUp({ maxAway: 2, forgetAfterSeconds: 60 });
    hold({ deviceId: "HELD", sequence: 1 });
    for (const deviceId of ["D1", "D2", "D3"]) {
      end({ deviceId, sequence: 2 });
      pass(1);
    }
    expect(rows().map(({ deviceId }) => deviceId)).toEqual(["D2", "D3", "HELD"]);
    pass(58.5);
    expect(rows().map(({ deviceId }) => deviceId)).toEqual(["D3", "HELD"]);
    pass(3_600);
    expect(devices.known).toBe(1);
  });
});
