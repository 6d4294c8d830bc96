import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idOfObject, PathIds } from "../../../src/imap/imap-folders-ids.js";
import { MemoryStateStore } from "../../../src/index.js";

const alice = { user: "alice" };

describe("ids of IMAP folders", () => {
  it("fit devices whatever the server calls its objects", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 255 }), (objectId) => {
        expect(idOfObject(objectId)).toMatch(/^[a-z][\w-]{1,60}$/);
      }),
    );
    expect(idOfObject("a".repeat(200))).not.toBe(idOfObject(`${"a".repeat(199)}b`));
  });

  it("are the same in every process, and another for each path", async () => {
    const paths = ["A", "A/B", "Größe", "a"];
    const first = await new PathIds(new MemoryStateStore()).idsOf(alice, paths);
    const second = await new PathIds(new MemoryStateStore()).idsOf({ user: "bob" }, [...paths].reverse());
    for (const path of paths) expect(second.get(path)).toBe(first.get(path));
    expect(new Set(first.values()).size).toBe(paths.length);
  });

  it("stay with their folders through any renames by devices, each with one folder alone", async () => {
    const names = ["a", "b", "c", "d"];
    const rename = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names));
    await fc.assert(
      fc.asyncProperty(fc.array(rename, { maxLength: 12 }), async (renames) => {
        const state = new MemoryStateStore();
        let paths = ["a", "b"];
        let known = await new PathIds(state).idsOf(alice, paths);
        for (const [from, to] of renames) {
          const id = known.get(from);
          const expected = new Map(known);
          if (id === undefined) {
            // Somebody makes a folder of that name.
            paths = [...paths, from];
          } else if (!paths.includes(to)) {
            paths = [...paths.filter((path) => path !== from), to];
            await new PathIds(state).renamed(alice, new Map([[to, id]]), paths);
            expected.delete(from);
            expected.set(to, id);
          }
          known = await new PathIds(state).idsOf(alice, paths);
          for (const [path, kept] of expected) expect(known.get(path)).toBe(kept);
          expect(new Set(known.values()).size).toBe(paths.length);
        }
      }),
    );
  });

  it("survive a record that cannot be read", async () => {
    const state = new MemoryStateStore();
    const ids = new PathIds(state);
    const before = await ids.idsOf(alice, ["a"]);
    await state.write("imap-folders/alice/", "{", undefined);
    expect(await ids.idsOf(alice, ["a"])).toEqual(before);
  });
});
