import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cursorOf, type FolderPosition, readCursor } from "../../../src/imap/changes-cursor.js";
import { highestUids, uidRangesOf, uidSetOf } from "../../../src/imap/changes-uids.js";
import { itemIdOf, readItemId } from "../../../src/imap/items-id.js";

const uid = fc.integer({ min: 1, max: 0xffff_ffff });
const uidValidity = fc.bigInt({ min: 1n, max: 0xffff_ffffn });
const modSeq = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const extent = fc.record({ exists: fc.nat({ max: 0xffff_ffff }), uidNext: uid });
const known = fc.oneof(fc.record({ uidValidity, modSeq }), fc.record({ uidValidity, modSeq, extent }));
const position: fc.Arbitrary<FolderPosition> = fc
  .tuple(
    known,
    fc.oneof(
      fc.record({ kind: fc.constant("listing" as const), before: uid }),
      fc.record({ kind: fc.constant("changes" as const) }),
      fc.record({ kind: fc.constant("changes-from" as const), toModSeq: modSeq, before: uid }),
    ),
  )
  .map(([of, where]) => ({ ...of, ...where }));

describe("cursors", () => {
  test("say where a reader stands", () => {
    fc.assert(
      fc.property(position, (where) => {
        expect(readCursor(cursorOf(where))).toEqual(where);
        expect(cursorOf(where).length).toBeLessThanOrEqual(64);
      }),
    );
  });

  test("that are none have no position", () => {
    for (const text of [
      "",
      "means nothing",
      "c:1",
      "c:1:2:3",
      "l:1:2",
      "p:1:2:3",
      "c:-1:2",
      "x:1:2",
      "l:1:2:x",
    ]) {
      expect(readCursor(text)).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => void readCursor(text)));
  });
});

describe("ids of items", () => {
  test("name one message of one folder", () => {
    fc.assert(
      fc.property(uidValidity, uid, (validity, number) => {
        const id = itemIdOf({ uidValidity: validity, uid: number });
        expect(id.length).toBeLessThanOrEqual(16);
        expect(readItemId(id)).toEqual({ uidValidity: validity, uid: number });
      }),
    );
  });

  test("that a device made up name none", () => {
    for (const id of ["", "no-such-item", "m1", "m1-0", "m01-1", "m1-zzzzzzzz", "mzzzzzzz-1", "M1-1"]) {
      expect(readItemId(id)).toBeUndefined();
    }
  });
});

describe("sets of UIDs", () => {
  test("have neighbours in one range", () => {
    expect(uidSetOf([5, 1, 2, 3, 9, 8, 3])).toBe("1:3,5,8:9");
    expect(uidSetOf([])).toBe("");
  });

  test("give back what was put into them", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 200 })), (uids) => {
        const highest = highestUids(uidRangesOf(uidSetOf(uids)), Infinity, Infinity);
        expect(highest).toEqual([...uids].sort((a, b) => b - a));
      }),
    );
  });

  test("are read from the highest down, however many there are", () => {
    const ranges = uidRangesOf("1:4294967295");
    expect(highestUids(ranges, 4_294_967_296, 3)).toEqual([4_294_967_295, 4_294_967_294, 4_294_967_293]);
    expect(highestUids(ranges, 3, 10)).toEqual([2, 1]);
    expect(highestUids(uidRangesOf("1:5,3:7"), 7, 4)).toEqual([6, 5, 4, 3]);
    expect(uidRangesOf("x,,*,1:*,7:5,0")).toEqual([
      { first: 1, last: 0 },
      { first: 5, last: 7 },
    ]);
  });
});
