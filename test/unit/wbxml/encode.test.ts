import { describe, expect, it } from "vitest";
import { AirSync, ComposeMail, decode, encode, Ping, type WbxmlElement } from "../../../src/wbxml/index.js";
import { hex } from "../../fixtures/wbxml/vectors.js";

function encoded(element: WbxmlElement): string {
  return Buffer.from(encode(element)).toString("hex", 4).toUpperCase();
}

function decodedText(text: string): unknown {
  return decode(encode({ tag: AirSync.SyncKey, content: text })).content;
}

it.each([
  ["null", null],
  ["an empty text", ""],
  ["no elements", []],
  ["no bytes", new Uint8Array(0)],
  ["a text with nothing to send", "\u0000\u0001"],
  ["a long text with nothing to send", "\u0000\ud800".repeat(50)],
])("writes %s without a content bit", (_, content) => {
  expect(encoded({ tag: AirSync.SyncKey, content })).toBe("0B");
  expect(
    encoded({
      tag: Ping.Ping,
      content: [
        { tag: Ping.Id, content },
        { tag: Ping.Id, content: "1" },
      ],
    }),
  ).toBe("000D450B4B03310001" + "01");
});

it("switches pages only where the page changes, ends included", () => {
  const document = {
    tag: AirSync.Sync,
    content: [
      { tag: Ping.Ping, content: [{ tag: Ping.Id, content: null }] },
      { tag: Ping.Id, content: null },
      { tag: AirSync.Status, content: null },
    ],
  };
  expect(encoded(document)).toBe("45000D450B010B00000E01");
});

describe("characters that must not be sent", () => {
  const filler = "abcdefghijklmnopqrstuvwxyz0123456789";
  const codes = [...Array(0x20).keys()].filter((code) => ![0x09, 0x0a, 0x0d].includes(code));
  const bad = [
    ...codes.map((code) => String.fromCharCode(code)),
    "\ufffe",
    "\uffff",
    "\ud800",
    "\udfff",
    "\udc00\ud800",
  ];

  it.each(bad.map((text) => [JSON.stringify(text), text]))("strips %s wherever it stands", (_, text) => {
    for (let before = 0; before < filler.length; before++) {
      for (const rest of ["", "z", "é", "✉", filler]) {
        expect(decodedText(filler.slice(0, before) + text + rest)).toBe(
          filler.slice(0, before) + rest || null,
        );
      }
    }
  });

  it("keeps all others", () => {
    const kept = "\t\n\r \u007f\u0080\u009f\u00a0é\ud7ff\ue000\ufffd\u{10000}\u{1f4ec}\u{10ffff}";
    expect(decodedText(kept)).toBe(kept);
    expect(decodedText(kept.repeat(20))).toBe(kept.repeat(20));
  });

  it("restores the code page when it starts an element anew", () => {
    const dirty = { tag: Ping.Id, content: `${filler}\u0001` };
    const clean = { tag: Ping.Id, content: filler };
    expect(encode({ tag: AirSync.Sync, content: [dirty] })).toStrictEqual(
      encode({ tag: AirSync.Sync, content: [clean] }),
    );
  });
});

it.each([1, 127, 128, 16_383, 16_384, 300_000])("writes %i opaque bytes", (length) => {
  const content = new Uint8Array(length).fill(7);
  expect(decode(encode({ tag: ComposeMail.Mime, content }))).toStrictEqual({
    tag: ComposeMail.Mime,
    content,
  });
});

it("writes opaque bytes that are a part of their memory", () => {
  const content = hex("00 01 02 03 04").subarray(1, 4);
  expect(encoded({ tag: AirSync.SyncKey, content })).toBe("4BC30301020301");
});

it.each([0, 0x0004, 0x0040, 0x0045, 0x1a05, -251, Number.NaN])("refuses %d as a tag", (tag) => {
  expect(() => encode({ tag, content: null })).toThrow(
    expect.objectContaining({ name: "DirectPushError", code: "ERR_WBXML_ENCODE" }),
  );
});

it("keeps documents apart: results share no memory, and a failure spoils nothing", () => {
  const first = encode({ tag: AirSync.SyncKey, content: "first" });
  expect(() => encode({ tag: AirSync.Sync, content: [{ tag: 0, content: null }] })).toThrow();
  const second = encode({ tag: AirSync.SyncKey, content: "other" });
  expect(decode(first).content).toBe("first");
  expect(decode(second).content).toBe("other");
  expect(first.buffer).not.toBe(second.buffer);
  expect(first.buffer.byteLength).toBe(first.length);
});

it("encodes while another document is being encoded", () => {
  const inner: Uint8Array[] = [];
  const before = { tag: AirSync.SyncKey, content: "outer" };
  const provoking = {
    tag: AirSync.CollectionId,
    get content() {
      inner.push(encode({ tag: Ping.Ping, content: "inner" }));
      return "5";
    },
  };
  const outer = encode({ tag: AirSync.Sync, content: [before, provoking] });
  expect(decode(outer).content).toEqual([before, { tag: AirSync.CollectionId, content: "5" }]);
  expect(inner[0]).toStrictEqual(encode({ tag: Ping.Ping, content: "inner" }));
});
