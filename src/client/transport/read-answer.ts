import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DirectPushError } from "../../errors.js";
import { decode, type WbxmlElement } from "../../wbxml/index.js";
import type { EasResult } from "./eas-transport.js";
import type { HttpResult } from "./http-exchange.js";

const unpack = promisify(gunzip);

/** Reads the document of an answer with status 200; others are answers without one. */
export async function readAnswer(
  result: HttpResult & { kind: "answered" },
  maxBytes: number,
): Promise<EasResult> {
  const { status, headers, afterSeconds } = result;
  if (status !== 200) return { kind: "answered", status, headers, document: undefined, afterSeconds };
  try {
    const document = await documentOf(result.body, headers["content-encoding"], maxBytes);
    return { kind: "answered", status, headers, document, afterSeconds };
  } catch (error) {
    return { kind: "unreadable", status, headers, error: asDirectPushError(error), afterSeconds };
  }
}

/** Undefined for nothing, also where some server packed nothing into 20 bytes. */
async function documentOf(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<WbxmlElement | undefined> {
  const isPacked = encoding?.toLowerCase() === "gzip" && body.length > 0;
  const plain = isPacked ? await unpack(body, { maxOutputLength: maxBytes }) : body;
  return plain.length === 0 ? undefined : decode(plain, { maxBytes });
}

function asDirectPushError(cause: unknown): DirectPushError {
  if (cause instanceof DirectPushError) return cause;
  return new DirectPushError("ERR_WBXML_HEADER", "the answer is not what its Content-Encoding says", {
    cause,
  });
}
