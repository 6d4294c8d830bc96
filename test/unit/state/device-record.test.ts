import { describe, expect, it } from "vitest";
import {
  cancelWipe,
  type DeviceRecord,
  readDevice,
  readDeviceRecord,
  requestWipe,
  updateDeviceRecord,
} from "../../../src/state/device-record.js";
import { readHierarchy, updateHierarchy } from "../../../src/state/hierarchy-record.js";
import { MemoryStateStore } from "../../../src/state/memory-state-store.js";
import { stateKey } from "../../../src/state/state-key.js";

const full: DeviceRecord = {
  information: { model: "M", os: "O" },
  heartbeat: {
    paths: [
      {
        network: "192.0.2.0/24",
        carriedSeconds: 760,
        lostSeconds: 790,
        isCut: false,
        confirmedAtSeconds: 1_800_000_000,
        retryAtSeconds: 1_800_043_200,
        retryGapSeconds: 43_200,
      },
    ],
  },
  ping: { heartbeatSeconds: 480, folders: [{ id: "inbox", class: "Email", synced: true }] },
  goneFolderToldAtKey: "12",
  policy: {
    temporary: { key: 1, policyHash: "a" },
    accepted: { key: 2, policyHash: "b", acknowledgement: 2, unconfirmedCycles: 1 },
  },
  wipe: { scope: "account", state: "failed" },
};

async function stored(text: string): Promise<MemoryStateStore> {
  const store = new MemoryStateStore();
  await store.write(stateKey("device", "alice", "D1"), text, undefined);
  return store;
}

describe("the device record", () => {
  it("is read as it was written", async () => {
    const store = new MemoryStateStore();
    await updateDeviceRecord(store, "alice", "D1", () => ({ result: undefined, write: full }));
    expect(await readDeviceRecord(store, "alice", "D1")).toEqual(full);
    expect(await readDevice(store, "alice", "D1")).toEqual(full);
    expect(await readDevice(store, "alice", "D2")).toBeUndefined();
    expect(await readDeviceRecord(store, "bob", "D1")).toEqual({});
  });

  it.each(["", "{", "null", "[]", "7", '"text"'])("counts as absent when its text is %o", async (text) => {
    const store = await stored(text);
    expect(await readDeviceRecord(store, "alice", "D1")).toEqual({});
    await requestWipe(store, "alice", "D1", "device");
    expect(await readDevice(store, "alice", "D1")).toEqual({ wipe: { scope: "device", state: "requested" } });
  });

  it("loses only the part that is unreadable", async () => {
    const store = await stored(
      JSON.stringify({
        information: { model: 7, os: "O", other: "x" },
        ping: { heartbeatSeconds: "60", folders: [] },
        goneFolderToldAtKey: 5,
        policy: { temporary: { key: 0 }, accepted: { key: 2, policyHash: "b", acknowledgement: "?" } },
        wipe: { scope: "device", state: "requested" },
      }),
    );
    expect(await readDeviceRecord(store, "alice", "D1")).toEqual({
      information: { os: "O" },
      policy: { accepted: { key: 2, policyHash: "b", acknowledgement: 1, unconfirmedCycles: 0 } },
      wipe: { scope: "device", state: "requested" },
    });
  });

  it("loses no change of many writers at once", async () => {
    const store = new MemoryStateStore();
    await Promise.all([
      requestWipe(store, "alice", "D1", "device"),
      ...["model", "os", "imei"].map((field) =>
        updateDeviceRecord(store, "alice", "D1", (record) => ({
          result: undefined,
          write: { ...record, information: { ...record.information, [field]: field } },
        })),
      ),
    ]);
    expect(await readDeviceRecord(store, "alice", "D1")).toEqual({
      information: { model: "model", os: "os", imei: "imei" },
      wipe: { scope: "device", state: "requested" },
    });
  });

  it("gives up with ERR_STATE_CONFLICT when another writer always wins", async () => {
    const store = new MemoryStateStore();
    store.write = async () => undefined;
    await expect(requestWipe(store, "alice", "D1", "device")).rejects.toMatchObject({
      code: "ERR_STATE_CONFLICT",
    });
  });

  it("is not kept of a device that tries a password", async () => {
    const store = new MemoryStateStore();
    for (const id of ["validate", "VALIDATE"]) {
      expect(await updateDeviceRecord(store, "alice", id, () => ({ result: 1, write: full }))).toBe(1);
      expect(await readDeviceRecord(store, "alice", id)).toEqual({});
      await updateHierarchy(store, "alice", id, () => ({
        result: undefined,
        write: { generations: [{ key: "1", folders: [], version: "16.1" }] },
      }));
      expect(await readHierarchy(store, "alice", id)).toBeUndefined();
    }
    expect(store.size).toBe(0);
  });

  it("takes an order to erase back, and says which it was", async () => {
    const store = new MemoryStateStore();
    expect(await cancelWipe(store, "alice", "D1")).toBeUndefined();
    expect(store.size).toBe(0);
    await requestWipe(store, "alice", "D1", "account");
    expect(await cancelWipe(store, "alice", "D1")).toEqual({ scope: "account", state: "requested" });
    expect(await readDevice(store, "alice", "D1")).toEqual({});
  });
});

describe("the hierarchy record", () => {
  it("is read as it was written, and counts as absent when it is unreadable", async () => {
    const store = new MemoryStateStore();
    const folders = [{ id: "inbox", parentId: "0", name: "Inbox", type: 2 }];
    const record = {
      generations: [
        { key: "1", folders, version: "14.0" },
        { key: "2", folders: [], version: "16.1", marker: "m" },
      ],
    } as const;
    await updateHierarchy(store, "alice", "D1", () => ({ result: undefined, write: record }));
    expect(await readHierarchy(store, "alice", "D1")).toEqual(record);
    const key = stateKey("hierarchy", "alice", "D1");
    for (const text of [
      '{"generations":[]}',
      '{"generations":[{"key":"1","folders":[{}],"version":"16.1"}]}',
      "?",
    ]) {
      const present = await store.read(key);
      await store.write(key, text, present?.version);
      expect(await readHierarchy(store, "alice", "D1")).toBeUndefined();
    }
  });
});

describe("keys of the state store", () => {
  it("keep users and devices apart whatever they are called", () => {
    const names = [
      "alice",
      "alice/D1",
      "a%2Fb",
      "a/b",
      "#",
      "x".repeat(2000),
      "x".repeat(2001),
      "\u{1f600}",
      "\ud800",
      "\ud801",
      "",
    ];
    const keys = names.flatMap((user) => names.map((device) => stateKey("device", user, device)));
    expect(new Set(keys).size).toBe(names.length ** 2);
  });

  it("are at most 512 characters of plain ASCII", () => {
    const key = stateKey(
      "collection",
      "ü".repeat(300),
      "D".repeat(64),
      "\u{1f600}".repeat(64),
      "x".repeat(120),
    );
    expect(key.length).toBeLessThanOrEqual(512);
    expect(key).toMatch(/^[\x21-\x7e]+$/);
  });
});
