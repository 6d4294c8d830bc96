import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DirectPushError } from "../errors.js";
import type { EasRequest } from "./exchange.js";
import { contentLength, header } from "./headers.js";

const inflate = promisify(gunzip);

/** The outcome of {@link readBody}. */
export type BodyResult =
  | { readonly kind: "body"; readonly bytes: Uint8Array }
  /** More than the limit, as sent or inflated. */
  | { readonly kind: "too-large" }
  /** A Content-Encoding other than gzip. */
  | { readonly kind: "unsupported-encoding" }
  /** No gzip, or not as long as Content-Length says. */
  | { readonly kind: "malformed"; readonly reason: string }
  /** The client or the host broke off; most likely nobody reads an answer. */
  | { readonly kind: "failed"; readonly error: DirectPushError };

/**
 * Reads a body once and to its end, and inflates it when it is gzipped. Never takes more than `maxBytes` of what arrives and of what it
 * inflates to. Never rejects.
 */
export async function readBody(
  request: Pick<EasRequest, "body" | "headers">,
  maxBytes: number,
): Promise<BodyResult> {
  const encoding = header(request.headers, "content-encoding")?.toLowerCase() ?? "identity";
  const gzipped = encoding === "gzip" || encoding === "x-gzip";
  if (!gzipped && encoding !== "identity") return { kind: "unsupported-encoding" };
  const read = await readRaw(request, maxBytes);
  // A host's own parser inflates and leaves the header behind: the first bytes tell.
  if (!gzipped || read.kind !== "body" || !hasGzipMagic(read.bytes)) return read;
  return inflateBody(read.bytes, maxBytes);
}

async function readRaw(request: Pick<EasRequest, "body" | "headers">, maxBytes: number): Promise<BodyResult> {
  const { body, headers } = request;
  if (body instanceof Uint8Array) {
    return body.length > maxBytes ? { kind: "too-large" } : { kind: "body", bytes: body };
  }
  const announced = contentLength(headers);
  if (announced !== undefined && announced > maxBytes) return { kind: "too-large" };
  try {
    const bytes = await collect(body, maxBytes);
    if (bytes === undefined) return { kind: "too-large" };
    if (
      announced === undefined ||
      announced === bytes.length ||
      header(headers, "content-encoding") !== undefined
    ) {
      return { kind: "body", bytes };
    }
    return { kind: "malformed", reason: `${bytes.length} bytes where ${announced} were announced` };
  } catch (cause) {
    if (cause instanceof DirectPushError) return { kind: "failed", error: cause };
    return {
      kind: "failed",
      error: new DirectPushError("ERR_BODY_ABORTED", "the body broke off", { cause }),
    };
  }
}

async function collect(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length);
}

async function inflateBody(bytes: Uint8Array, maxBytes: number): Promise<BodyResult> {
  try {
    return { kind: "body", bytes: await inflate(bytes, { maxOutputLength: maxBytes }) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") return { kind: "too-large" };
    return { kind: "malformed", reason: "the body is no gzip" };
  }
}

function hasGzipMagic(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
