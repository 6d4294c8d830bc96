import fc from "fast-check";
import { expect, it } from "vitest";
import { DirectPushError } from "../../../src/errors.js";
import { decode, encode, type WbxmlElement } from "../../../src/wbxml/index.js";
import { specVectors } from "../../fixtures/wbxml/vectors.js";
import { arbitraryDocument } from "./arbitrary-document.js";

const header = [0x03, 0x01, 0x6a, 0x00];

it("decodes every encoded document to the same tree", () => {
  fc.assert(
    fc.property(arbitraryDocument, (document) => {
      expect(decode(encode(document))).toStrictEqual(document);
    }),
    { numRuns: 2000 },
  );
});

it("encodes a decoded document to the same bytes", () => {
  fc.assert(
    fc.property(arbitraryDocument, (document) => {
      const bytes = encode(document);
      expect(encode(decode(bytes))).toStrictEqual(bytes);
    }),
    { numRuns: 500 },
  );
});

it("gives a document or a DirectPushError for any bytes", () => {
  const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.from([...header, ...bytes]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), body), fc.boolean(), (bytes, strict) => {
      expectDocumentOrError(bytes, strict);
    }),
    { numRuns: 20_000 },
  );
});

it("gives a document or a DirectPushError for any damage to a valid document", () => {
  const valid = fc.oneof(
    fc.constantFrom(...specVectors().map(({ bytes }) => bytes)),
    arbitraryDocument.map(encode),
  );
  const damage = fc.array(fc.record({ at: fc.nat(), kind: fc.nat(3), byte: fc.nat(255) }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(valid, damage, fc.boolean(), (bytes, changes, strict) => {
      const damaged = Array.from(bytes);
      for (const { at, kind, byte } of changes) {
        const index = at % (damaged.length + 1);
        if (kind === 0) damaged.splice(index, 1);
        else if (kind === 1) damaged.splice(index, 0, byte);
        else damaged[index] = byte;
      }
      expectDocumentOrError(Uint8Array.from(damaged), strict);
    }),
    { numRuns: 20_000 },
  );
});

function expectDocumentOrError(bytes: Uint8Array, strict: boolean): void {
  let document: WbxmlElement;
  try {
    document = decode(bytes, { strict });
  } catch (error) {
    if (!(error instanceof DirectPushError)) throw error;
    expect(error.code).toMatch(/^ERR_WBXML_/);
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.offset).toBeLessThanOrEqual(bytes.length);
    return;
  }
  // Control characters are legal in WBXML and stripped on output, so only what comes out then is stable.
  const encoded = encode(document);
  expect(encode(decode(encoded))).toStrictEqual(encoded);
}
