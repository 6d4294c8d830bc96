import { expect, test } from "vitest";
import { MemoryStateStore } from "../../../src/state/memory-state-store.js";
import { stateStoreContract } from "../../../src/testing/state-store-contract.js";

for (const { name, run } of stateStoreContract(() => new MemoryStateStore())) test(name, run);

test("it counts keys, writes and bytes", async () => {
  const store = new MemoryStateStore();
  const version = await store.write("a", "ä", undefined);
  await store.write("a", "abc", version);
  await store.write("a", "lost", version);
  await store.write("b", "1", undefined);
  expect(store.size).toBe(2);
  expect(store.writes).toBe(3);
  expect(store.bytesWritten).toBe(6);
  expect([...store.entries()].map(([key, { value }]) => [key, value])).toEqual([
    ["a", "abc"],
    ["b", "1"],
  ]);
  await store.delete("b");
  expect(store.size).toBe(1);
});
