import { describe, expect, it } from "vitest";
import { DirectPushError } from "../../../src/errors.js";
import { type DecodeOptions, decode, encode } from "../../../src/wbxml/index.js";
import {
  elementOf,
  malformedVectors,
  namedTree,
  type Outcome,
  specVectors,
} from "../../fixtures/wbxml/vectors.js";

const spec = specVectors();
const malformed = malformedVectors();

it("has all vectors", () => {
  expect(spec).toHaveLength(32);
  expect(malformed).toHaveLength(30);
});

describe.each(spec)("$name: $title", ({ bytes, document }) => {
  it("decodes to the document", () => {
    expect(namedTree(decode(bytes))).toEqual(document);
    expect(namedTree(decode(bytes, { strict: true }))).toEqual(document);
  });

  it("is what encoding the document gives, byte for byte", () => {
    expect(Buffer.from(encode(elementOf(document))).toString("hex")).toBe(bytes.toString("hex"));
  });

  it("is refused when cut anywhere", () => {
    for (const length of bytes.keys()) {
      expect(outcome(bytes.subarray(0, length)), `${length} bytes`).toEqual({ error: "ERR_WBXML_TRUNCATED" });
    }
  });
});

describe.each(malformed)("$name: $title", ({ bytes, strict, default: tolerant }) => {
  it("gives the strict outcome", () => {
    expect(outcome(bytes, { strict: true })).toEqual(strict);
  });

  it("gives the default outcome", () => {
    expect(outcome(bytes)).toEqual(tolerant);
  });
});

function outcome(bytes: Uint8Array, options?: DecodeOptions): Outcome {
  try {
    return { document: namedTree(decode(bytes, options)) };
  } catch (error) {
    if (!(error instanceof DirectPushError)) throw error;
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.offset).toBeLessThanOrEqual(bytes.length);
    return { error: error.code };
  }
}
