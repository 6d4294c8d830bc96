import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamedContent } from "../../../src/commands/command.js";
import { multipartHead } from "../../../src/http/multipart.js";
import { asBase64, base64Length } from "../../../src/server/base64-stream.js";
import { streamedReply } from "../../../src/server/streamed-reply.js";
import {
  AirSyncBase,
  element,
  encode,
  ItemOperations,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";

async function* inPieces(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield piece;
}

function content(...pieces: readonly Uint8Array[]): StreamedContent {
  return { byteLength: Buffer.concat(pieces).length, chunks: inPieces(pieces) };
}

async function bytesOf(body: Uint8Array | AsyncIterable<Uint8Array> | null): Promise<Buffer> {
  if (body === null || body instanceof Uint8Array) return Buffer.from(body ?? []);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function answerOf(data: readonly WbxmlElement[]): WbxmlElement {
  return element(ItemOperations.ItemOperations, [
    textElement(ItemOperations.Status, 1),
    element(ItemOperations.Response, [
      element(ItemOperations.Fetch, [
        textElement(ItemOperations.Status, 1),
        textElement(AirSyncBase.FileReference, "att1"),
        element(ItemOperations.Properties, [textElement(AirSyncBase.ContentType, "text/plain"), ...data]),
      ]),
    ]),
  ]);
}

/** [MS-ASCMD] 2.2.1.10.1.1, written by hand: the table, the document of 59 bytes, "Hello". */
const helloInParts = `
  02 00 00 00 14 00 00 00 3B 00 00 00 4F 00 00 00 05 00 00 00 03 01 6A 00 00 14 45 4D 03 31 00 01
  4E 46 4D 03 31 00 01 00 11 51 03 61 74 74 31 00 01 00 14 4B 00 11 57 03 74 65 78 74 2F 70 6C 61
  69 6E 00 01 00 14 51 03 31 00 01 01 01 01 01 48 65 6C 6C 6F`;

describe("a multipart body", () => {
  it("is, byte by byte, what the specification describes", async () => {
    const document = answerOf([textElement(ItemOperations.Part, 1)]);
    const reply = streamedReply(
      { kind: "multipart", document, parts: [content(Buffer.from("Hel"), Buffer.from("lo"))] },
      {},
    );
    const expected = Buffer.from(helloInParts.replaceAll(/\s/g, ""), "hex");
    expect(await bytesOf(reply.body)).toEqual(expected);
    expect(reply.headers).toEqual({
      "content-type": "application/vnd.ms-sync.multipart",
      "content-length": "84",
      "cache-control": "private, no-transform",
    });
  });

  it("has a table of every part, empty ones included", () => {
    expect(Buffer.from(multipartHead([3, 0, 258])).toString("hex")).toBe(
      "03000000" + "1c000000" + "03000000" + "1f000000" + "00000000" + "1f000000" + "02010000",
    );
  });
});

describe("a document with streamed texts", () => {
  it("is what it would be with the texts in it", async () => {
    const sizes = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(sizes, sizes, async (first, second) => {
        const [a, b] = [Buffer.concat(first), Buffer.concat(second)];
        const data = (text: string): WbxmlElement => textElement(ItemOperations.Data, text);
        const reply = streamedReply(
          {
            kind: "streamed-document",
            document: answerOf([data("PLACE-1"), data("PLACE-2")]),
            texts: [
              { placeholder: "PLACE-1", content: content(...first) },
              { placeholder: "PLACE-2", content: content(...second) },
            ],
          },
          {},
        );
        const body = await bytesOf(reply.body);
        expect(reply.headers["content-length"]).toBe(String(body.length));
        // An element with an empty text is written shorter than one whose text is streamed and turns out empty: sizes are known, so none is.
        if (a.length > 0 && b.length > 0) {
          const whole = encode(answerOf([data(a.toString("base64")), data(b.toString("base64"))]));
          expect(body).toEqual(Buffer.from(whole));
        }
      }),
    );
  });

  it("fails before anything is sent where a placeholder is missing", () => {
    const texts = [{ placeholder: "elsewhere", content: content() }];
    expect(() => streamedReply({ kind: "streamed-document", document: answerOf([]), texts }, {})).toThrow(
      RangeError,
    );
  });
});

describe("asBase64", () => {
  it("is the same however the bytes come, and has the length that was announced", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 }), async (pieces) => {
        const text = (await bytesOf(asBase64(inPieces(pieces)))).toString("latin1");
        const all = Buffer.concat(pieces);
        expect(text).toBe(all.toString("base64"));
        expect(text.length).toBe(base64Length(all.length));
      }),
    );
  });

  it("does not keep memory that its source uses again", async () => {
    async function* reusing(): AsyncGenerator<Uint8Array> {
      const memory = Buffer.from("abcd");
      yield memory;
      memory.fill("x");
      yield Buffer.from("efgh");
    }
    expect((await bytesOf(asBase64(reusing()))).toString("latin1")).toBe(
      Buffer.from("abcdefgh").toString("base64"),
    );
  });
});

describe("content as it is", () => {
  it("has its type and its length, and no body when it is empty", async () => {
    const outcome = { kind: "content", contentType: "image/png" } as const;
    const reply = streamedReply({ ...outcome, content: content(Buffer.from("png")) }, { "x-a": "b" });
    expect(reply).toMatchObject({ status: 200, headers: { "content-type": "image/png", "x-a": "b" } });
    expect((await bytesOf(reply.body)).toString()).toBe("png");
    expect(streamedReply({ ...outcome, content: content() }, {})).toMatchObject({
      headers: { "content-length": "0" },
      body: null,
    });
  });
});
