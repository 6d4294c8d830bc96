import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyChange, parseItem } from "../../../src/application-data/index.js";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import { isAtLeast, protocolVersions } from "../../../src/protocol/version.js";
import { arbitraryCalendarItem, arbitraryContact, arbitraryNote, arbitraryTask } from "./arbitrary-items.js";
import { contextOf, foreignTags, rendered } from "./wire.js";

describe.each(protocolVersions)("items at version %s", (version) => {
  const arbitraries: readonly fc.Arbitrary<MailboxItem>[] = [
    arbitraryContact,
    arbitraryTask(version),
    arbitraryCalendarItem(version),
    ...(isAtLeast(version, "14.0") ? [arbitraryNote] : []),
  ];

  it("come back from the wire as they went", () => {
    const property = fc.property(fc.oneof(...arbitraries), (item) => {
      const parsed = parseItem(item.class, rendered(item, version), contextOf(version));
      expect(parsed).toEqual({ kind: "item", item });
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("are sent without elements that the version lacks", () => {
    const property = fc.property(fc.oneof(...arbitraries), (item) => {
      expect(foreignTags(rendered(item, version), version)).toEqual([]);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it("stay what they are when a device sends back all it got", () => {
    const property = fc.property(fc.oneof(...arbitraries), (item) => {
      const context = { ...contextOf(version), supported: undefined };
      const changed = applyChange(item, rendered(item, version), context);
      // The server stamps what a device of 16.x changes; these items already carry that stamp.
      expect(changed).toEqual({ kind: "item", item });
    });
    fc.assert(property, { numRuns: 200 });
  });
});
