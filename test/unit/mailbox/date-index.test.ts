import { expect, test } from "vitest";
import { DateIndex, type DateIndexEntry } from "../../../src/mailbox/date-index.js";

interface CountedEntry extends DateIndexEntry {
  readonly place: number;
}

/** An entry that counts how often the index looks at its date. */
function counted(orderMs: number, order: number, looks: { count: number }): CountedEntry {
  return {
    get orderMs() {
      looks.count += 1;
      return orderMs;
    },
    order,
    dead: false,
    place: orderMs,
  };
}

/** Dates looked at to read ten entries and to add a newer one, in an index of this size. */
function looksFor(size: number): number {
  const looks = { count: 0 };
  const index = new DateIndex<CountedEntry>();
  for (let at = 0; at < size; at += 1) index.add(counted((at * 7919) % size, at, looks));
  expect(index.before({ orderMs: Infinity, order: 0 }).next().value?.place).toBe(size - 1);
  looks.count = 0;
  let read = 0;
  for (const entry of index.before({ orderMs: size / 2, order: 0 })) {
    expect(entry.place).toBe(size / 2 - 1 - read);
    read += 1;
    if (read === 10) break;
  }
  index.add(counted(size, size, looks));
  return looks.count;
}

test("a range costs its length and the logarithm of the index", () => {
  const small = looksFor(128);
  const large = looksFor(65_536);
  // 9 halvings more, each of which looks at no more than four dates.
  expect(large - small).toBeLessThanOrEqual(9 * 4);
});

test("dead entries are not read, and their places are taken back", () => {
  const index = new DateIndex<DateIndexEntry>();
  const entries = Array.from({ length: 1_000 }, (_, at) => ({ orderMs: at, order: at, dead: false }));
  for (const entry of entries) index.add(entry);
  for (const entry of entries) if (entry.orderMs % 10 !== 0) index.remove(entry);
  const left = [...index.before({ orderMs: Infinity, order: 0 })].map(({ orderMs }) => orderMs);
  expect(left).toEqual(Array.from({ length: 100 }, (_, at) => 990 - at * 10));
});
