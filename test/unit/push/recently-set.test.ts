import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecentlySet } from "../../../src/push/recently-set.js";

type Action = readonly [kind: "set" | "delete", key: string];

/** The same by a list: slow, and plain to see. */
function expected(most: number, actions: readonly Action[]): readonly string[] {
  let keys: string[] = [];
  for (const [kind, key] of actions) {
    keys = keys.filter((known) => known !== key);
    if (kind === "set") keys = [...keys, key].slice(-most);
  }
  return keys;
}

describe("a map of what was set last", () => {
  test("keeps exactly those entries, whatever is set and deleted", () => {
    const key = fc.integer({ min: 0, max: 12 }).map(String);
    const action = fc.tuple(fc.constantFrom("set" as const, "set" as const, "delete" as const), key);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(action, { maxLength: 200 }), (most, actions) => {
        const entries = new RecentlySet<string>(most);
        for (const [kind, name] of actions) {
          if (kind === "set") entries.set(name, name);
          else entries.delete(name);
        }
        const kept = Array.from({ length: 13 }, (_, index) => String(index)).filter((name) =>
          entries.has(name),
        );
        expect(kept).toEqual([...expected(most, actions)].sort((a, b) => Number(a) - Number(b)));
        expect(entries.size).toBe(kept.length);
      }),
    );
  });

  test("gives what was last set under a key", () => {
    const entries = new RecentlySet<number>(2);
    entries.set("a", 1);
    entries.set("b", 2);
    entries.set("a", 3);
    entries.set("c", 4);
    expect([entries.get("a"), entries.get("b"), entries.get("c")]).toEqual([3, undefined, 4]);
  });
});
