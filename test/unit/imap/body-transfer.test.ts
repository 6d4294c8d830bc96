import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Base64Lines } from "../../../src/imap/body-layout.js";
import {
  decodedSizeEstimate,
  decodedTransfer,
  encodedBytesFor,
  transferDecoder,
} from "../../../src/imap/body-transfer.js";

/** Decodes what comes in pieces of any length. */
function inPieces(encoded: Uint8Array, encoding: string, cuts: readonly number[]): Buffer {
  const decoder = transferDecoder(encoding);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const cut of cuts) {
    pieces.push(Uint8Array.from(decoder.write(encoded.subarray(at, at + cut))));
    at += cut;
  }
  pieces.push(Uint8Array.from(decoder.write(encoded.subarray(at))), decoder.end());
  return Buffer.concat(pieces);
}

const cuts = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 });
const lines = (bytes: Uint8Array, length = 76): string =>
  `${(
    Buffer.from(bytes)
      .toString("base64")
      .match(new RegExp(`.{1,${length}}`, "g")) ?? []
  ).join("\r\n")}\r\n`;

describe("base64", () => {
  test("is decoded whatever pieces it comes in, and whatever lies between its digits", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, where) => {
        const rubbish = lines(bytes).replaceAll("\r\n", " !\r\n\u0000");
        expect(inPieces(Buffer.from(rubbish, "latin1"), "base64", where)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test("that was cut off gives what it has, and padding in the middle begins anew", () => {
    expect(decodedTransfer(Buffer.from("SGVsbG8gd29y"), "base64").toString()).toBe("Hello wor");
    expect(decodedTransfer(Buffer.from("SGVsbG8gd2"), "base64").toString()).toBe("Hello w");
    expect(decodedTransfer(Buffer.from("SGk=\r\nSGk="), "base64").toString()).toBe("HiHi");
    expect(decodedTransfer(Buffer.from("===="), "base64").length).toBe(0);
  });

  test("of lines of one length is known as such, whatever pieces it comes in", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 300 }), cuts, (bytes, where) => {
        const encoded = Buffer.from(lines(bytes));
        const found = new Base64Lines();
        let at = 0;
        for (const cut of [...where, encoded.length]) {
          found.write(encoded.subarray(at, at + cut));
          at += cut;
        }
        expect(found.regular).toEqual({ encodedBytes: 78, decodedBytes: 57 });
      }),
    );
  });

  test("of other lines is not", () => {
    const bytes = Buffer.alloc(300, 7);
    const regular = lines(bytes);
    const others = [
      regular.replaceAll("\r\n", "\n"),
      regular.replace("\r\n", " \r\n"),
      regular.replace("\r\n", "\r\n\r\n"),
      regular.replace("\r\n", "=\r\n"),
      regular.replace("\r\n", "\r\nAAAA\r\n"),
      regular.replace(/^..../, "!!!!"),
      lines(bytes, 75),
      "",
    ];
    for (const encoded of others) {
      const found = new Base64Lines();
      found.write(Buffer.from(encoded));
      expect(found.regular).toBeUndefined();
    }
  });

  test.each([
    ["that go on", "", 78, 3],
    ["of which one is shorter", "AAAA\r\nAAAA\r\n", 78, 3],
    ["of which one has padding", `${"A".repeat(74)}==\r\n${"A".repeat(76)}\r\n`, 78, 3],
    ["of which one has a blank", ` ${"A".repeat(75)}\r\n${"A".repeat(76)}\r\n`, 78, 3],
    ["of which one is longer", `${"A".repeat(80)}\r\n${"A".repeat(76)}\r\n`, 78, 3],
    ["that are not as long as they are to be", "", 74, 0],
  ])("in lines %s is known to be regular up to there", (_kind, then, lineBytes, whole) => {
    const found = new Base64Lines(lineBytes);
    found.write(Buffer.from(`${lines(Buffer.alloc(171, 7))}${then}`));
    expect(found.wholeLines).toBe(whole);
  });
});

describe("quoted-printable", () => {
  test("is decoded as a whole as in pieces", () => {
    const encoded = fc
      .array(
        fc.constantFrom(
          "a",
          "=",
          "=3D",
          "=c3=A4",
          " ",
          "\t",
          "\r\n",
          "\n",
          "=\r\n",
          "= \r\n",
          "=4",
          "=zz",
          "\r",
        ),
      )
      .map((parts) => Buffer.from(parts.join("")));
    fc.assert(
      fc.property(encoded, cuts, (bytes, where) => {
        const whole = decodedTransfer(bytes, "quoted-printable");
        expect(inPieces(bytes, "quoted-printable", where)).toEqual(whole);
      }),
    );
  });

  test("has soft line ends, blanks that do not count, and escapes that are none", () => {
    const decoded = (text: string): string =>
      decodedTransfer(Buffer.from(text), "quoted-printable").toString();
    expect(decoded("caf=C3=A9 =\r\nau lait  \r\nx")).toBe("café au lait\r\nx");
    expect(decoded("50=% and =zz=")).toBe("50=% and =zz");
    expect(decoded("a=3db=3Dc")).toBe("a=b=c");
    expect(decoded("cut =C")).toBe("cut ");
  });
});

test("content without an encoding that is known stays as it is", () => {
  expect(decodedTransfer(Buffer.from("=41"), "7bit").toString()).toBe("=41");
  expect(decodedTransfer(Buffer.from("=41"), "x-uuencode").toString()).toBe("=41");
});

test("as many encoded bytes are asked for as the decoded ones need", () => {
  for (const wanted of [0, 1, 56, 57, 58, 1_000, 99_999]) {
    const encoded = lines(Buffer.alloc(200_000, 3)).slice(0, encodedBytesFor(wanted, "base64"));
    const { length } = decodedTransfer(Buffer.from(encoded), "base64");
    expect(length).toBeGreaterThanOrEqual(wanted);
    expect(length).toBeLessThan(wanted + 120);
  }
  const size = decodedSizeEstimate(lines(Buffer.alloc(57_000)).length, "base64");
  expect(Math.abs(size - 57_000)).toBeLessThan(3);
});
