import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LmdbStateStore } from "../../../src/lmdb/lmdb-state-store.js";
import { updateDeviceRecord } from "../../../src/state/device-record.js";
import { stateKey } from "../../../src/state/state-key.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { stateStoreContract } from "../../../src/testing/state-store-contract.js";

let folder: string;
let opened: LmdbStateStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "direct-push-lmdb-"));
});

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

function openStore(clock?: FakeClock): LmdbStateStore {
  const store = new LmdbStateStore({ folder: join(folder, "state"), ...(clock && { clock }) });
  opened.push(store);
  return store;
}

for (const { name, run } of stateStoreContract(() => openStore())) test(name, run);

test("the folder is made for its owner alone", () => {
  openStore();
  expect(statSync(join(folder, "state")).mode & 0o777).toBe(0o700);
});

test("its files are for their owner alone, in a folder that others may enter, too", () => {
  mkdirSync(join(folder, "state"), { mode: 0o755 });
  openStore();
  const files = readdirSync(join(folder, "state"));
  expect(files).toContain("data.mdb");
  for (const file of files) expect(statSync(join(folder, "state", file)).mode & 0o777).toBe(0o600);
});

test("what was written is there after it was closed and opened", async () => {
  const first = openStore();
  const version = await first.write("key", "value", undefined);
  await first.close();
  expect(await openStore().read("key")).toEqual({ value: "value", version });
});

test("two stores on one folder are one", async () => {
  const [one, other] = [openStore(), openStore()];
  const version = await one.write("key", "one", undefined);
  expect(await other.read("key")).toEqual({ value: "one", version });
  expect(await other.write("key", "other", undefined)).toBeUndefined();
  const second = await other.write("key", "other", version);
  expect(await one.read("key")).toEqual({ value: "other", version: second });
  await one.close();
  expect(await other.read("key")).toEqual({ value: "other", version: second });
});

test.each(["", "0", "-1", "1e3", " 1", "1.5", "NaN", "Infinity"])("%j is no version", async (version) => {
  const store = openStore();
  expect(await store.write("key", "value", version)).toBeUndefined();
  await store.write("key", "value", undefined);
  expect(await store.write("key", "other", version)).toBeUndefined();
});

test("the longest keys and an empty one are taken", async () => {
  const store = openStore();
  const keys = ["", "日".repeat(512), "😀".repeat(256), "\ud800".repeat(512), "a\0b", "a"];
  for (const key of keys) expect(await store.write(key, `of ${key.length}`, undefined), key).toBeDefined();
  for (const key of keys) expect((await store.read(key))?.value).toBe(`of ${key.length}`);
});

test("a key that is longer than promised is refused, and the store goes on", async () => {
  const store = openStore();
  await expect(store.write("k".repeat(2000), "value", undefined)).rejects.toThrow(/key size/i);
  expect(await store.write("key", "value", undefined)).toBeDefined();
});

test("a closed store says so", async () => {
  const store = openStore();
  await store.close();
  await store.close();
  const closed = expect.objectContaining({ code: "ERR_STATE_UNAVAILABLE" });
  await expect(store.read("key")).rejects.toEqual(closed);
  await expect(store.write("key", "value", undefined)).rejects.toEqual(closed);
  await expect(store.delete("key")).rejects.toEqual(closed);
  await expect(store.prune(1)).rejects.toEqual(closed);
});

test("writes that are under way when it is closed are finished", async () => {
  const store = openStore();
  const written = Array.from({ length: 50 }, (_, at) => store.write(`key ${at}`, "value", undefined));
  await store.close();
  expect((await Promise.all(written)).includes(undefined)).toBe(false);
  expect(await openStore().read("key 49")).toBeDefined();
});

test("it is opened again at once, while the last writes before are under way", async () => {
  const first = openStore();
  const written = first.write("key", "value", undefined);
  const closed = first.close();
  const second = openStore();
  expect(await second.write("other", "value", undefined)).toBeDefined();
  await closed;
  const version = await written;
  expect(await second.read("key")).toEqual({ value: "value", version });
  const secondClosed = second.close();
  await closed;
  expect(await openStore().read("other")).toBeDefined();
  await secondClosed;
});

test("a path that is no folder is refused by name", () => {
  writeFileSync(join(folder, "state"), "");
  expect(() => openStore()).toThrow(
    expect.objectContaining({ code: "ERR_STATE_UNAVAILABLE", message: expect.stringContaining(folder) }),
  );
});

describe("prune", () => {
  const dayMs = 86_400_000;
  const collection = (device: string): string => stateKey("collection", "alice", device, "inbox");

  test("drops what is kept of devices that were not seen, and nothing else", async () => {
    const clock = new FakeClock();
    const store = openStore(clock);
    for (const device of ["OLD", "READ", "WRITTEN"]) {
      await store.write(stateKey("device", "alice", device), "{}", undefined);
      await store.write(collection(device), "{}", undefined);
    }
    await store.write("no device", "value", undefined);
    await clock.advance(9 * dayMs);
    await store.read(collection("READ"));
    await store.write(stateKey("sent", "alice", "WRITTEN"), "{}", undefined);
    await clock.advance(dayMs);
    expect(await store.prune(11)).toEqual({ dropped: 0, kept: 0 });
    expect(await store.prune(10)).toEqual({ dropped: 1, kept: 0 });
    expect(await store.read(collection("OLD"))).toBeUndefined();
    for (const device of ["READ", "WRITTEN"]) expect(await store.read(collection(device))).toBeDefined();
    expect(await store.read("no device")).toBeDefined();
    expect(await store.prune(10)).toEqual({ dropped: 0, kept: 0 });
  });

  test("a device that was dropped and comes back is seen again", async () => {
    const clock = new FakeClock();
    const store = openStore(clock);
    const old = await store.write(collection("A"), "{}", undefined);
    await clock.advance(dayMs);
    expect(await store.prune(1)).toEqual({ dropped: 1, kept: 0 });
    expect(await store.write(collection("A"), "{}", old)).toBeUndefined();
    await store.write(collection("A"), "{}", undefined);
    expect(await store.prune(1)).toEqual({ dropped: 0, kept: 0 });
    await clock.advance(dayMs);
    expect(await store.prune(1)).toEqual({ dropped: 1, kept: 0 });
  });

  test("a device that is to be erased is kept", async () => {
    const clock = new FakeClock();
    const store = openStore(clock);
    await updateDeviceRecord(store, "alice", "STOLEN", () => ({
      result: undefined,
      write: { wipe: { scope: "device", state: "done" } },
    }));
    await clock.advance(400 * dayMs);
    expect(await store.prune(30)).toEqual({ dropped: 0, kept: 1 });
    expect(await store.read(stateKey("device", "alice", "STOLEN"))).toBeDefined();
  });

  test("many devices are dropped, each with its own keys", async () => {
    const clock = new FakeClock();
    const store = openStore(clock);
    const devices = Array.from({ length: 2500 }, (_, at) => `D${at}`);
    await Promise.all(devices.map((device) => store.write(collection(device), "{}", undefined)));
    await clock.advance(2 * dayMs);
    await Promise.all(
      devices.filter((_, at) => at % 2 === 0).map((device) => store.read(collection(device))),
    );
    expect(await store.prune(2)).toEqual({ dropped: 1250, kept: 0 });
    const left = await Promise.all(
      devices.map(async (device) => (await store.read(collection(device))) !== undefined),
    );
    expect(left.every((isThere, at) => isThere === (at % 2 === 0))).toBe(true);
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses %d days", async (days) => {
    await expect(openStore().prune(days)).rejects.toEqual(
      expect.objectContaining({ code: "ERR_OPTION_INVALID" }),
    );
  });
});
