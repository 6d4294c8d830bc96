import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { AirSync, ComposeMail, type DecodeOptions, decode, encode } from "../../../src/wbxml/index.js";
import { hex } from "../../fixtures/wbxml/vectors.js";

const header = "03 01 6A 00";

function error(body: string, options?: DecodeOptions): () => unknown {
  return () => decode(hex(`${header} ${body}`), options);
}

function coded(code: string): Error {
  return expect.objectContaining({ name: "DirectPushError", code });
}

describe("limits", () => {
  it("bounds the document", () => {
    expect(error("4B 03 31 00 01", { maxBytes: 8 })).toThrow(coded("ERR_WBXML_LIMIT"));
    expect(error("4B 03 31 00 01", { maxBytes: 9 })).not.toThrow();
  });

  it("bounds the depth, the root being depth 1", () => {
    expect(error("45 5C 01 1C 01", { maxDepth: 2 })).not.toThrow();
    expect(error("45 5C 4F 01 01 01", { maxDepth: 2 })).toThrow(coded("ERR_WBXML_LIMIT"));
    expect(error("45 5C 0F 01 01", { maxDepth: 2 })).toThrow(coded("ERR_WBXML_LIMIT"));
    expect(error("45 5C 4F 03 31 00 01 01 01", { maxDepth: 2 })).toThrow(coded("ERR_WBXML_LIMIT"));
    expect(error("45 5C 4F 03 31 00 01 01 01", { maxDepth: 3 })).not.toThrow();
    expect(error(`${"45 ".repeat(32)} ${"01 ".repeat(32)}`)).not.toThrow();
    expect(error(`${"45 ".repeat(33)} ${"01 ".repeat(33)}`)).toThrow(coded("ERR_WBXML_LIMIT"));
  });

  it("refuses a million open elements without exhausting the stack", () => {
    const deep = Buffer.concat([hex(header), Buffer.alloc(1_000_000, 0x45)]);
    expect(() => decode(deep)).toThrow(coded("ERR_WBXML_LIMIT"));
  });

  it("decodes and encodes a hundred thousand levels without exhausting the stack", () => {
    const levels = 100_000;
    const deep = Buffer.concat([hex(header), Buffer.alloc(levels, 0x45), Buffer.alloc(levels, 0x01)]);
    const document = decode(deep, { maxDepth: Number.POSITIVE_INFINITY });
    // The innermost one comes out without its content bit and its END.
    expect(encode(document)).toHaveLength(deep.length - 1);
  });

  it("bounds the number of elements", () => {
    expect(error("45 0B 0B 01", { maxElements: 3 })).not.toThrow();
    expect(error("45 0B 0B 0B 01", { maxElements: 3 })).toThrow(coded("ERR_WBXML_LIMIT"));
    const many = Buffer.concat([hex(`${header} 45`), Buffer.alloc(100_000, 0x0b), hex("01")]);
    expect(() => decode(many)).toThrow(coded("ERR_WBXML_LIMIT"));
  });

  it("counts the pieces of a text", () => {
    expect(error("4B 03 31 00 03 32 00 03 33 00 01", { maxElements: 3 })).not.toThrow();
    expect(error("4B 03 31 00 03 32 00 03 33 00 01", { maxElements: 2 })).toThrow(coded("ERR_WBXML_LIMIT"));
  });

  it("bounds the bytes of one text, all its pieces together", () => {
    expect(error("4B 03 31 32 00 03 33 00 01", { maxStringBytes: 3 })).not.toThrow();
    expect(error("4B 03 31 32 33 00 01", { maxStringBytes: 3 })).not.toThrow();
    expect(error("4B 03 31 32 33 34 00 01", { maxStringBytes: 3 })).toThrow(coded("ERR_WBXML_LIMIT"));
    expect(error("4B 03 31 32 00 03 33 34 00 01", { maxStringBytes: 3 })).toThrow(coded("ERR_WBXML_LIMIT"));
    expect(error("45 4B 03 31 32 00 01 4B 03 31 32 00 01 01", { maxStringBytes: 3 })).not.toThrow();
  });

  it("bounds opaque bytes", () => {
    expect(error("4B C3 03 01 02 03 01", { maxOpaqueBytes: 3 })).not.toThrow();
    expect(error("4B C3 04 01 02 03 04 01", { maxOpaqueBytes: 3 })).toThrow(coded("ERR_WBXML_LIMIT"));
  });

  it("bounds what references to the string table add up to", () => {
    const table = Buffer.concat([hex("03 01 6A 80 88 00"), Buffer.alloc(1023, 0x61), hex("00")]);
    const references = Buffer.concat([hex("45"), Buffer.from("4B830001".repeat(20), "hex"), hex("01")]);
    const document = Buffer.concat([table, references]);
    expect(() => decode(document, { maxBytes: 20 * 1023 })).not.toThrow();
    expect(() => decode(document, { maxBytes: 20 * 1023 - 1 })).toThrow(coded("ERR_WBXML_LIMIT"));
  });

  it("names the limit that was exceeded", () => {
    expect(error("4B C3 01 00 01", { maxOpaqueBytes: 0 })).toThrow(/maxOpaqueBytes \(0\)/);
    expect(error("45 0B 01", { maxElements: 1 })).toThrow(/maxElements \(1\)/);
  });

  it("refuses limits that are none", () => {
    expect(error("05", { maxDepth: -1 })).toThrow(coded("ERR_OPTION_INVALID"));
    expect(error("05", { maxBytes: Number.NaN })).toThrow(coded("ERR_OPTION_INVALID"));
  });
});

describe("text", () => {
  it.each([
    ["an overlong form", "C0 80"],
    ["an encoded surrogate", "ED A0 80"],
    ["a cut sequence", "E2 9C"],
    ["a code point beyond Unicode", "F4 90 80 80"],
    ["a continuation byte alone", "80"],
    ["an invalid byte beside U+FFFD", "EF BF BD FF"],
    ["an invalid byte at the end of a long text", `${"61 ".repeat(100)} FF`],
  ])("refuses %s", (_, bytes) => {
    expect(error(`4B 03 ${bytes} 00 01`)).toThrow(coded("ERR_WBXML_UTF8"));
  });

  it("keeps U+FFFD and a byte order mark that were sent", () => {
    expect(decode(hex(`${header} 4B 03 EF BF BD EF BB BF 00 01`)).content).toBe("\ufffd\ufeff");
  });

  it("keeps white space and control characters", () => {
    expect(decode(hex(`${header} 4B 03 20 09 01 0D 0A 20 00 01`)).content).toBe(" \t\u0001\r\n ");
  });

  it.each([1, 2, 23, 24, 25, 26, 100, 70_000])("reads a text of %i bytes", (length) => {
    const text = "abcdefghij".repeat(length / 10 + 1).slice(0, length);
    expect(decode(Buffer.concat([hex(`${header} 4B 03`), Buffer.from(text), hex("00 01")])).content).toBe(
      text,
    );
  });

  it("reads string tables unless strict", () => {
    const document = hex("03 01 6A 06 61 00 C3 A9 62 00 45 4B 83 00 01 52 83 02 01 4E 83 04 03 21 00 01 01");
    const texts = decode(document).content;
    expect(texts).toEqual([
      { tag: AirSync.SyncKey, content: "a" },
      { tag: AirSync.CollectionId, content: "éb" },
      { tag: AirSync.Status, content: "b!" },
    ]);
    expect(() => decode(document, { strict: true })).toThrow(coded("ERR_WBXML_STRING_TABLE"));
  });

  it.each([
    ["beyond the table", "03 01 6A 02 61 00 4B 83 02 01"],
    ["without an end in the table", "03 01 6A 02 61 62 4B 83 00 01 00"],
  ])("refuses a reference %s", (_, document) => {
    expect(() => decode(hex(document))).toThrow(coded("ERR_WBXML_STRING_TABLE"));
  });

  it("refuses a string table longer than the document", () => {
    expect(() => decode(hex("03 01 6A 7F 05"))).toThrow(coded("ERR_WBXML_TRUNCATED"));
  });

  it("reads entities unless strict, and only characters", () => {
    expect(decode(hex(`${header} 4B 03 61 00 02 84 F4 00 01`)).content).toBe("a\u{13a00}");
    expect(error("4B 02 00 01")).toThrow(coded("ERR_WBXML_INTEGER"));
    expect(error("4B 02 83 B0 00 01")).toThrow(coded("ERR_WBXML_INTEGER"));
    expect(error("4B 02 C4 80 00 01")).toThrow(coded("ERR_WBXML_INTEGER"));
  });
});

describe("structure", () => {
  it.each([
    ["text, then an element", "45 03 31 00 0B 01"],
    ["an element, then text", "45 0B 03 31 00 01"],
    ["empty text, then an element", "45 03 00 0B 01"],
    ["text, then bytes", "4B 03 31 00 C3 01 31 01"],
    ["bytes, then text", "4B C3 01 31 03 31 00 01"],
    ["bytes twice", "4B C3 01 31 C3 01 31 01"],
    ["bytes outside of the root", "C3 01 31"],
    ["an END outside of the root", "01"],
    ["a page switch after the root", "05 00 00"],
  ])("refuses %s", (_, body) => {
    expect(error(body)).toThrow(coded("ERR_WBXML_STRUCTURE"));
  });

  it.each(["04", "40", "41", "42", "43", "44", "80", "81", "82", "84", "85", "C0", "C1", "C2", "C4", "C5"])(
    "refuses token %s",
    (token) => {
      expect(error(`45 ${token} 00 01`)).toThrow(coded("ERR_WBXML_TOKEN"));
    },
  );

  it("minds an unknown code page only when a tag uses it", () => {
    expect(decode(hex(`${header} 45 00 40 00 00 0B 01`)).content).toEqual([
      { tag: AirSync.SyncKey, content: null },
    ]);
    expect(error("45 00 1A 0B 01")).toThrow(coded("ERR_WBXML_CODE_PAGE"));
  });

  it("tells where it went wrong", () => {
    expect(error("45 4B 03 FF 00 01 01")).toThrow(expect.objectContaining({ offset: 7 }));
    expect(error("45 00 40 05 01")).toThrow(expect.objectContaining({ offset: 7 }));
  });

  it("takes the long form of the header's integers", () => {
    expect(decode(hex("03 80 01 80 6A 80 00 05"))).toEqual({ tag: AirSync.Sync, content: null });
  });
});

describe("memory", () => {
  const mime = Buffer.alloc(1000, 0x61);

  it("shares opaque bytes that are most of the document, as a plain Uint8Array", () => {
    const document = encode({ tag: ComposeMail.Mime, content: mime });
    const { content } = decode(document);
    expect(content).toStrictEqual(new Uint8Array(mime));
    expect((content as Uint8Array).buffer).toBe(document.buffer);
  });

  it("copies opaque bytes that are the lesser part of the document", () => {
    const text = { tag: ComposeMail.ClientId, content: "x".repeat(2000) };
    const document = encode({
      tag: ComposeMail.SendMail,
      content: [text, { tag: ComposeMail.Mime, content: mime }],
    });
    const copy = decode(document).content?.[1] as { content: Uint8Array };
    expect(copy.content.buffer).not.toBe(document.buffer);
    document.fill(0);
    expect(copy.content).toStrictEqual(new Uint8Array(mime));
  });

  it("lets go of the document when it holds only text", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { tree, body } = decodeLargeText();
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(body.deref()).toBeUndefined();
    expect(tree.content).toHaveLength(1_000_000);
  });

  function decodeLargeText() {
    const bytes = encode({ tag: AirSync.SyncKey, content: "x".repeat(1_000_000) });
    return { tree: decode(bytes) as { content: string }, body: new WeakRef(bytes.buffer) };
  }
});
