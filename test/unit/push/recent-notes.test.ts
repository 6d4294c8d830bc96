import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecentNotes } from "../../../src/push/recent-notes.js";

describe("notes that are forgotten by and by", () => {
  test("are there while fewer others than the least number were set since, and gone when twice as many were", () => {
    const keys = fc.array(fc.integer({ min: 0, max: 30 }).map(String), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), keys, (least, set) => {
        const notes = new RecentNotes<number>(least);
        set.forEach((key, at) => {
          notes.set(key, at);
        });
        for (const key of new Set(set)) {
          const lastAt = set.lastIndexOf(key);
          const othersSince = new Set(set.slice(lastAt + 1)).size;
          if (othersSince < least) expect(notes.get(key)).toBe(lastAt);
          if (othersSince >= 2 * least) expect(notes.get(key)).toBeUndefined();
          expect([lastAt, undefined]).toContain(notes.get(key));
        }
      }),
    );
  });
});
