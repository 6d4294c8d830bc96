import { expect, test } from "vitest";
import { guardedStateStore } from "../../../src/state/guarded-state-store.js";
import { MemoryStateStore } from "../../../src/state/memory-state-store.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { stateStoreContract } from "../../../src/testing/state-store-contract.js";

for (const { name, run } of stateStoreContract(() =>
  guardedStateStore(new MemoryStateStore(), { timeoutMs: 1_000 }),
)) {
  test(name, run);
}

test("a store that fails says so with its reason", async () => {
  const reason = new Error("disk full");
  const store = new MemoryStateStore();
  store.write = () => Promise.reject(reason);
  const guarded = guardedStateStore(store, { timeoutMs: 1_000 });
  await expect(guarded.write("key", "value", undefined)).rejects.toMatchObject({
    code: "ERR_STATE_UNAVAILABLE",
    cause: { code: "ERR_CALL_FAILED", cause: reason },
  });
});

test("a silent store fails once the time is over", async () => {
  const clock = new FakeClock();
  const store = new MemoryStateStore();
  store.read = () => new Promise(() => undefined);
  const answer = expect(
    guardedStateStore(store, { timeoutMs: 250, clock }).read("key"),
  ).rejects.toMatchObject({
    code: "ERR_STATE_UNAVAILABLE",
    cause: { code: "ERR_CALL_TIMEOUT" },
  });
  await clock.advance(250);
  await answer;
});

test("null counts as nothing there", async () => {
  const store = new MemoryStateStore();
  const nothing = (): Promise<undefined> => Promise.resolve(null as unknown as undefined);
  store.read = nothing;
  store.write = nothing;
  const guarded = guardedStateStore(store, { timeoutMs: 1_000 });
  expect(await guarded.read("key")).toBe(undefined);
  expect(await guarded.write("key", "value", "1")).toBe(undefined);
});
