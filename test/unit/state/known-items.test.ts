import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deleteKnownItems,
  type KnownItem,
  KnownItems,
  type KnownItemsOwner,
} from "../../../src/state/known-items.js";
import { MemoryStateStore } from "../../../src/state/memory-state-store.js";

function owner(store: MemoryStateStore, generation = "g1"): KnownItemsOwner {
  return { store, user: "alice", deviceId: "d1", collectionId: "inbox", generation };
}

const item = (version: string): KnownItem => [version];
const numbered = (from: number, to: number): Map<string, KnownItem> =>
  new Map(Array.from({ length: to - from }, (_, index) => [`item${from + index}`, item("1")]));

describe("KnownItems", () => {
  it("knows nothing at first", async () => {
    const items = new KnownItems(owner(new MemoryStateStore()), { buckets: 1, items: 0 });
    expect(await items.get("a")).toBeUndefined();
  });

  it("finds what was folded in, with the size that was stored", async () => {
    const store = new MemoryStateStore();
    const items = new KnownItems(owner(store), { buckets: 1, items: 0 });
    await items.fold(numbered(0, 1_000), 1);
    const again = new KnownItems(owner(store), items.size);
    expect(items.size.items).toBe(1_000);
    for (let index = 0; index < 1_000; index += 1) expect(await again.get(`item${index}`)).toEqual(item("1"));
    expect(await again.get("item1000")).toBeUndefined();
  });

  it("keeps its buckets small whatever the number of items", async () => {
    const store = new MemoryStateStore();
    const items = new KnownItems(owner(store), { buckets: 1, items: 0 });
    for (let round = 0; round < 10; round += 1) {
      await items.fold(numbered(round * 500, round * 500 + 500), round + 1);
    }
    let total = 0;
    for (let index = 0; index < items.size.buckets; index += 1) {
      const { size } = await items.bucket(index);
      expect(size).toBeLessThan(80);
      total += size;
    }
    expect(total).toBe(5_000);
  });

  it("does not lose count when a fold is repeated because its record was never written", async () => {
    const store = new MemoryStateStore();
    await new KnownItems(owner(store), { buckets: 1, items: 0 }).fold(numbered(0, 10), 1);
    const repeated = new KnownItems(owner(store), { buckets: 1, items: 0 });
    await repeated.fold(numbered(0, 10), 1);
    expect(repeated.size.items).toBe(10);
    const removed = new Map([...numbered(0, 8).keys()].map((id) => [id, null]));
    const later = new KnownItems(owner(store), { buckets: 1, items: 3 });
    await later.fold(removed, 2);
    expect(later.size.items).toBe(2);
  });

  it("writes one bucket for one change", async () => {
    const store = new MemoryStateStore();
    const items = new KnownItems(owner(store), { buckets: 1, items: 0 });
    await items.fold(numbered(0, 5_000), 1);
    const { writes } = store;
    await new KnownItems(owner(store), items.size).fold(new Map([["item7", item("2")]]), 2);
    expect(store.writes).toBe(writes + 1);
  });

  it("is what a map would be, whatever is folded and wherever a fold is cut off and repeated", async () => {
    const change = fc.tuple(
      fc.integer({ min: 0, max: 120 }).map((number) => `i${number}`),
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom("1", "2", "3") },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
    );
    const round = fc.record({
      changes: fc.array(change, { minLength: 1, maxLength: 60 }),
      cutOffAfter: fc.option(fc.nat(6), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(round, { maxLength: 12 }), async (rounds) => {
        const store = new MemoryStateStore();
        const write = store.write.bind(store);
        const model = new Map<string, KnownItem>();
        let size = { buckets: 1, items: 0 };
        for (const [revision, { changes, cutOffAfter }] of rounds.entries()) {
          const folded = new Map(
            changes.map(([id, version]) => [id, version === null ? null : item(version)]),
          );
          if (cutOffAfter !== undefined) {
            let left = cutOffAfter;
            store.write = async (...call) => {
              if (left-- <= 0) throw new Error("cut off");
              return write(...call);
            };
            await new KnownItems(owner(store), size).fold(folded, revision + 1).catch(() => undefined);
            store.write = write;
          }
          const items = new KnownItems(owner(store), size);
          await items.fold(folded, revision + 1);
          ({ size } = items);
          for (const [id, value] of folded) {
            if (value === null) model.delete(id);
            else model.set(id, value);
          }
        }
        const items = new KnownItems(owner(store), size);
        for (let number = 0; number <= 120; number += 1) {
          expect(await items.get(`i${number}`)).toEqual(model.get(`i${number}`));
        }
        const listed = new Set<string>();
        for (let index = 0; index < size.buckets; index += 1) {
          for (const id of (await items.bucket(index)).keys()) listed.add(id);
        }
        expect([...listed].sort()).toEqual([...model.keys()].sort());
      }),
      { numRuns: 200 },
    );
  });

  it("refuses to undo what a newer record has folded", async () => {
    const store = new MemoryStateStore();
    await new KnownItems(owner(store), { buckets: 1, items: 0 }).fold(new Map([["a", item("2")]]), 5);
    const outdated = new KnownItems(owner(store), { buckets: 1, items: 0 });
    await expect(outdated.fold(new Map([["a", item("1")]]), 4)).rejects.toMatchObject({
      code: "ERR_STATE_CONFLICT",
    });
    expect(await new KnownItems(owner(store), { buckets: 1, items: 1 }).get("a")).toEqual(item("2"));
  });

  it("takes in what another writer wrote into the bucket meanwhile", async () => {
    const store = new MemoryStateStore();
    const one = new KnownItems(owner(store), { buckets: 1, items: 0 });
    const other = new KnownItems(owner(store), { buckets: 1, items: 0 });
    await one.get("a");
    await other.fold(new Map([["b", item("1")]]), 1);
    await one.fold(new Map([["a", item("1")]]), 1);
    const items = new KnownItems(owner(store), one.size);
    expect([await items.get("a"), await items.get("b")]).toEqual([item("1"), item("1")]);
  });

  it("takes an unreadable bucket for an empty one", async () => {
    const store = new MemoryStateStore();
    await new KnownItems(owner(store), { buckets: 1, items: 0 }).fold(new Map([["a", item("1")]]), 1);
    for (const text of ["", "{", "[]", '{"revision":1,"items":[["a",5]]}', '{"items":[]}']) {
      for (const [key, { version }] of [...store.entries()]) await store.write(key, text, version);
      expect(await new KnownItems(owner(store), { buckets: 1, items: 1 }).get("a")).toBeUndefined();
    }
  });

  it("reads nothing of another start", async () => {
    const store = new MemoryStateStore();
    await new KnownItems(owner(store), { buckets: 1, items: 0 }).fold(new Map([["a", item("1")]]), 1);
    expect(await new KnownItems(owner(store, "g2"), { buckets: 1, items: 1 }).get("a")).toBeUndefined();
  });

  it("is removed in steps", async () => {
    const store = new MemoryStateStore();
    const items = new KnownItems(owner(store), { buckets: 1, items: 0 });
    await items.fold(numbered(0, 400), 1);
    let left = items.size.buckets;
    while (left > 0) left = await deleteKnownItems(owner(store), left, 10);
    expect(store.size).toBe(0);
  });
});
