import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fileReferenceOf,
  longIdOf,
  readFileReference,
  readLongId,
} from "../../../src/mailbox/item-reference.js";

const id = fc
  .string({ minLength: 1, maxLength: 64, unit: "grapheme" })
  .filter((text) => !text.includes("\0"));

describe("references", () => {
  it("say again what they were made of", () => {
    fc.assert(
      fc.property(id, id, id, (folder, item, attachment) => {
        const place = { folder, item, attachment };
        expect(readFileReference(fileReferenceOf(place))).toEqual(place);
        expect(readLongId(longIdOf({ folder, item }))).toEqual({ folder, item });
      }),
    );
  });

  it("are short, and free of what a query or a document would have to escape", () => {
    const longest = { folder: "f".repeat(64), item: "i".repeat(48), attachment: "12" };
    expect(fileReferenceOf(longest)).toMatch(/^[A-Za-z0-9_-]{1,160}$/);
    expect(longIdOf(longest)).toMatch(/^[A-Za-z0-9_-]{1,160}$/);
  });

  it("are nothing when a device made them up", () => {
    const longId = longIdOf({ folder: "f", item: "i" });
    const reference = fileReferenceOf({ folder: "f", item: "i", attachment: "0" });
    const made = [
      "",
      "x",
      `${longId}=`,
      `${longId}A`,
      ` ${longId}`,
      Buffer.from("f\0").toString("base64url"),
    ];
    for (const text of [...made, reference]) expect(readLongId(text)).toBeUndefined();
    for (const text of [...made, longId]) expect(readFileReference(text)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        const place = readLongId(text);
        if (place !== undefined) expect(longIdOf(place)).toBe(text);
      }),
    );
  });
});
