import { describe, expect, it } from "vitest";
import { multiByteInteger, readMultiByteInteger } from "../../../src/wbxml/integer-encoding.js";
import { hex } from "../../fixtures/wbxml/vectors.js";

const vectors: readonly (readonly [number, string])[] = [
  [0, "00"],
  [1, "01"],
  [127, "7F"],
  [128, "81 00"],
  [163, "81 23"],
  [16383, "FF 7F"],
  [16384, "81 80 00"],
  [2097151, "FF FF 7F"],
  [2097152, "81 80 80 00"],
  [268435455, "FF FF FF 7F"],
  [268435456, "81 80 80 80 00"],
  [4294967295, "8F FF FF FF 7F"],
];

describe.each(vectors)("%i", (value, encoded) => {
  it(`is ${encoded}`, () => {
    expect(Buffer.from(multiByteInteger(value))).toEqual(hex(encoded));
  });

  it(`is read from ${encoded}`, () => {
    const bytes = Buffer.concat([hex("FF"), hex(encoded), hex("7F")]);
    expect(readMultiByteInteger(bytes, 1)).toEqual({ value, end: bytes.length - 1 });
  });
});

it("reads a form with leading zero groups", () => {
  expect(readMultiByteInteger(hex("80 6A"), 0)).toEqual({ value: 0x6a, end: 2 });
});

it.each([
  ["a sixth byte", "80 80 80 80 80 01", "ERR_WBXML_INTEGER"],
  ["33 bits", "90 80 80 80 00", "ERR_WBXML_INTEGER"],
  ["no last byte", "81 80", "ERR_WBXML_TRUNCATED"],
  ["no byte at all", "", "ERR_WBXML_TRUNCATED"],
])("refuses %s", (_, encoded, code) => {
  expect(() => readMultiByteInteger(hex(encoded), 0)).toThrow(expect.objectContaining({ code }));
});
