import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  comparePlaces,
  type DeviceOrder,
  type DevicePage,
  type DevicePlace,
  type DeviceQuery,
  mergePages,
  placeOf,
  selectDevices,
} from "../../../../src/cli/observed/device-query.js";
import type { DeviceStatus } from "../../../../src/cli/observed/device-status.js";

function device(wish: Partial<DeviceStatus> & { readonly heartbeatSeconds?: number } = {}): DeviceStatus {
  const { heartbeatSeconds, ...more } = wish;
  const hold = { command: "Ping", askedSeconds: 900, sinceMs: more.seenMs ?? 0 } as const;
  return {
    node: "n1",
    user: "alice",
    deviceId: "D1",
    deviceType: "iPhone",
    holds: heartbeatSeconds === undefined ? [] : [{ ...hold, heartbeatSeconds }],
    limits: [],
    outcomes: [],
    seenMs: 0,
    pushMilliseconds: undefined,
    ...more,
  };
}

const all: DeviceQuery = { text: "", show: "known", order: "name", after: undefined, limit: 50 };
const select = (devices: readonly DeviceStatus[], query: Partial<DeviceQuery>) =>
  selectDevices(devices, { ...all, ...query }, (row) => row);

describe("a query", () => {
  const devices = [
    device({
      user: "bob@example.com",
      deviceId: "PIXEL7",
      deviceType: "Android",
      heartbeatSeconds: 480,
      seenMs: 3,
    }),
    device({ user: "alice", deviceId: "APPL1", heartbeatSeconds: 900, seenMs: 1 }),
    device({ user: "Élodie", deviceId: "GONE", seenMs: 2 }),
  ];

  test.each([
    ["", ["APPL1", "PIXEL7", "GONE"]],
    ["EXAMPLE.com", ["PIXEL7"]],
    ["appl", ["APPL1"]],
    ["android", ["PIXEL7"]],
    ["élo", ["GONE"]],
    ["nobody", []],
  ])("for %j finds names, ids and types in any case", (text, found) => {
    const page = select(devices, { text });
    expect(page.rows.map(({ deviceId }) => deviceId)).toEqual(found);
    expect(page.matching).toBe(found.length);
  });

  test.each<[DeviceOrder, string[]]>([
    ["name", ["APPL1", "PIXEL7", "GONE"]],
    ["held", ["APPL1", "PIXEL7", "GONE"]],
    ["heartbeat", ["PIXEL7", "APPL1", "GONE"]],
    ["seen", ["PIXEL7", "GONE", "APPL1"]],
  ])("in the order %s", (order, ids) => {
    expect(select(devices, { order }).rows.map(({ deviceId }) => deviceId)).toEqual(ids);
  });

  test("for those that are held leaves out the others", () => {
    expect(select(devices, { show: "held" }).matching).toBe(2);
  });
});

const someDevice = fc
  .record({
    user: fc.constantFrom("a", "b", "c"),
    deviceId: fc.stringMatching(/^[A-Z]{1,2}$/),
    seenMs: fc.integer({ min: 0, max: 3 }),
    heartbeatSeconds: fc.constantFrom(undefined, 60, 480),
  })
  .map(({ heartbeatSeconds, ...rest }) =>
    device({ ...rest, ...(heartbeatSeconds !== undefined && { heartbeatSeconds }) }),
  );
const someDevices = fc.uniqueArray(someDevice, {
  selector: ({ user, deviceId }) => `${user} ${deviceId}`,
  maxLength: 30,
});
const someOrder = fc.constantFrom<DeviceOrder>("name", "held", "heartbeat", "seen");

describe("pages", () => {
  test("one after the other list each device once and in order", () => {
    fc.assert(
      fc.property(someDevices, someOrder, fc.integer({ min: 1, max: 7 }), (devices, order, limit) => {
        const seen: DeviceStatus[] = [];
        let after: DevicePlace | undefined;
        for (let page: DevicePage | undefined; page?.hasMore !== false; ) {
          page = select(devices, { order, after, limit });
          expect(page.matching).toBe(devices.length);
          seen.push(...page.rows);
          const last = page.rows.at(-1);
          after = last && placeOf(last, order);
        }
        const sorted = [...devices].sort((a, b) => comparePlaces(placeOf(a, order), placeOf(b, order)));
        expect(seen).toEqual(sorted);
      }),
    );
  });

  test("of several nodes merge to what one node with all of it would show", () => {
    fc.assert(
      fc.property(someDevices, someOrder, fc.integer({ min: 1, max: 7 }), (devices, order, limit) => {
        const query = { ...all, order, limit };
        const parts = [0, 1, 2].map((node) => devices.filter((_, index) => index % 3 === node));
        const pages = parts.map((part) => selectDevices(part, query, (row) => row));
        expect(mergePages(pages, query)).toEqual(selectDevices(devices, query, (row) => row));
      }),
    );
  });

  test("list a device of two nodes once: where it is held, else where it was seen last", () => {
    const page = (row: DeviceStatus): DevicePage => ({ rows: [row], matching: 1, hasMore: false });
    const held = page(device({ node: "n1", heartbeatSeconds: 480, seenMs: 1 }));
    const away = page(device({ node: "n2", seenMs: 2 }));
    const older = page(device({ node: "n3", seenMs: 1 }));
    expect(mergePages([away, held], all)).toMatchObject({ rows: [{ node: "n1" }], matching: 1 });
    expect(mergePages([held, away], all)).toMatchObject({ rows: [{ node: "n1" }], matching: 1 });
    expect(mergePages([older, away], all)).toMatchObject({ rows: [{ node: "n2" }], matching: 1 });
  });
});
