import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceQuery } from "../../../../src/cli/observed/device-query.js";
import { readPageQuery, writePageQuery } from "../../../../src/cli/status-page/page-query.js";

const plain: DeviceQuery = { text: "", show: "held", order: "name", after: undefined, limit: 50 };
const read = (text: string) => readPageQuery(new URLSearchParams(text));

test.each([
  "",
  "?",
  "show=all&order=sideways",
  "after=",
  "after=%5B1%5D",
  'after=["a","b","c"]',
  "after=null",
])("what cannot be read of %j is taken for not given", (text) => {
  expect(read(text)).toEqual(plain);
});

test("a filter is cut", () => {
  expect(read(`q=${"x".repeat(5_000)}`).text).toHaveLength(100);
});

test("every query survives its URL", () => {
  const query = fc.record<DeviceQuery>({
    text: fc.string({ maxLength: 20, unit: "grapheme" }).map((text) => text.trim()),
    show: fc.constantFrom("held", "known"),
    order: fc.constantFrom("name", "held", "heartbeat", "seen"),
    after: fc.option(
      fc.record({ rank: fc.integer(), user: fc.string({ unit: "grapheme" }), deviceId: fc.string() }),
      { nil: undefined },
    ),
    limit: fc.constant(50),
  });
  fc.assert(
    fc.property(query, (asked) => {
      expect(read(writePageQuery(asked))).toEqual(asked);
    }),
  );
});
