import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DirectPushError } from "../../../src/errors.js";
import { readBody } from "../../../src/http/body.js";

async function* chunks(...parts: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield Buffer.from(part);
  }
}

const text = (result: unknown): string => {
  const { kind, bytes } = result as { kind: string; bytes?: Uint8Array };
  return bytes === undefined ? kind : Buffer.from(bytes).toString();
};

describe("readBody", () => {
  it("joins chunks, whatever their borders", async () => {
    const body = chunks("a", "bc", "", "def");
    expect(text(await readBody({ body, headers: { "content-length": "6" } }, 100))).toBe("abcdef");
  });

  it("takes bytes that the host has read", async () => {
    expect(text(await readBody({ body: Buffer.from("abc"), headers: {} }, 100))).toBe("abc");
  });

  it("takes a chunked body without a length, and no body at all", async () => {
    expect(
      text(await readBody({ body: chunks("abc"), headers: { "transfer-encoding": "chunked" } }, 100)),
    ).toBe("abc");
    expect(text(await readBody({ body: chunks(), headers: {} }, 100))).toBe("");
  });

  it("takes exactly the limit and not one byte more", async () => {
    expect(text(await readBody({ body: chunks("abcd"), headers: {} }, 4))).toBe("abcd");
    expect(await readBody({ body: chunks("abc", "de"), headers: {} }, 4)).toEqual({ kind: "too-large" });
    expect(await readBody({ body: Buffer.from("abcde"), headers: {} }, 4)).toEqual({ kind: "too-large" });
  });

  it("refuses an announced length without reading", async () => {
    let isRead = false;
    const body = {
      [Symbol.asyncIterator]: () => {
        isRead = true;
        return chunks("a");
      },
    };
    expect(await readBody({ body, headers: { "content-length": "5" } }, 4)).toEqual({ kind: "too-large" });
    expect(isRead).toBe(false);
  });

  it("stops reading an endless body at the limit", async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        sent += 1;
        yield Buffer.alloc(10);
      }
    }
    expect(await readBody({ body: endless(), headers: {} }, 100)).toEqual({ kind: "too-large" });
    expect(sent).toBe(11);
  });

  it.each(["2", "4"])("refuses three bytes where %s were announced", async (length) => {
    const result = await readBody({ body: chunks("abc"), headers: { "content-length": length } }, 100);
    expect(result.kind).toBe("malformed");
  });

  it("inflates gzip", async () => {
    const zipped = gzipSync("hello");
    const headers = { "content-encoding": "gzip", "content-length": String(zipped.length) };
    expect(text(await readBody({ body: zipped, headers }, 100))).toBe("hello");
    expect(text(await readBody({ body: zipped, headers: { "content-encoding": "X-GZIP" } }, 100))).toBe(
      "hello",
    );
  });

  it("limits what a gzip inflates to", async () => {
    const zipped = gzipSync(Buffer.alloc(100_000));
    expect(zipped.length).toBeLessThan(1_000);
    expect(await readBody({ body: zipped, headers: { "content-encoding": "gzip" } }, 99_999)).toEqual({
      kind: "too-large",
    });
    expect((await readBody({ body: zipped, headers: { "content-encoding": "gzip" } }, 100_000)).kind).toBe(
      "body",
    );
  });

  it("refuses a gzip that is broken", async () => {
    const zipped = gzipSync("hello");
    for (const broken of [
      zipped.subarray(0, 12),
      Buffer.concat([zipped.subarray(0, 10), Buffer.from("rubbish")]),
    ]) {
      expect((await readBody({ body: broken, headers: { "content-encoding": "gzip" } }, 100)).kind).toBe(
        "malformed",
      );
    }
  });

  it("takes a body that a host's parser has inflated and left the header", async () => {
    const body = Buffer.from([3, 1, 106, 0]);
    const result = await readBody(
      { body, headers: { "content-encoding": "gzip", "content-length": "33" } },
      100,
    );
    expect(result).toEqual({ kind: "body", bytes: body });
  });

  it.each(["br", "deflate", "gzip, gzip", "zstd"])("refuses the encoding %s", async (encoding) => {
    const body = brotliCompressSync("hello");
    const result = await readBody({ body, headers: { "content-encoding": encoding } }, 100);
    expect(result).toEqual({ kind: "unsupported-encoding" });
  });

  it("tells a body that broke off, and keeps the host's own error", async () => {
    const aborted = await readBody({ body: chunks("a", new Error("aborted")), headers: {} }, 100);
    expect(aborted).toMatchObject({ kind: "failed", error: { code: "ERR_BODY_ABORTED" } });
    const error = new DirectPushError("ERR_BODY_CONSUMED", "gone");
    expect(await readBody({ body: chunks(error), headers: {} }, 100)).toEqual({ kind: "failed", error });
  });
});
