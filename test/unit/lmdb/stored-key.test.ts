import fc from "fast-check";
import { expect, test } from "vitest";
import { deviceOf, deviceOfSeenKey, seenKey, storedKey, storedKeysOf } from "../../../src/lmdb/stored-key.js";
import { stateKey } from "../../../src/state/state-key.js";

/** Of any UTF-16 units, with many slashes, and half of them such as this library uses. */
const keys = fc.oneof(
  fc.string({
    unit: fc.constantFrom("/", "a", "0", "ä", "日", "\ud800", "\udc00", "\0", "#"),
    maxLength: 12,
  }),
  fc
    .tuple(fc.string(), fc.string(), fc.string())
    .map(([user, id, rest]) => stateKey("known", user, id, rest)),
);

test("keys that differ are stored under bytes that differ", () => {
  fc.assert(
    fc.property(keys, keys, (one, other) => {
      expect(storedKey(one).equals(storedKey(other))).toBe(one === other);
    }),
  );
});

test("a key that is not empty for LMDB stays below its bound", () => {
  for (const key of ["", "日".repeat(512), "\ud800".repeat(512), "/".repeat(512)]) {
    const { length } = storedKey(key);
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThanOrEqual(1978);
  }
});

test("the device is that of the key, and its range holds its keys and no other device's", () => {
  const names = fc.string({ unit: "grapheme", maxLength: 8 });
  fc.assert(
    fc.property(names, names, names, names, names, (user, id, otherUser, otherId, rest) => {
      const key = stateKey("collection", user, id, rest);
      const device = deviceOf(key);
      expect(device).toBe(deviceOf(stateKey("device", user, id)));
      expect(deviceOfSeenKey(seenKey(String(device)))).toBe(device);
      const { start, end } = storedKeysOf(String(device));
      const isWithin = (other: string): boolean => {
        const bytes = storedKey(other);
        return Buffer.compare(bytes, start) >= 0 && Buffer.compare(bytes, end) < 0;
      };
      expect(isWithin(key)).toBe(true);
      const isSame = user === otherUser && id === otherId;
      expect(isWithin(stateKey("collection", otherUser, otherId, rest))).toBe(isSame);
      expect(isWithin("anything")).toBe(false);
    }),
  );
});

test.each(["", "a", "a/b", "lock"])("%j is no key of a device", (key) => {
  expect(deviceOf(key)).toBeUndefined();
});
