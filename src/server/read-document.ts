import type { Command } from "../commands/command.js";
import { DirectPushError } from "../errors.js";
import { readBody } from "../http/body.js";
import type { EasRequest, EasResponse } from "../http/exchange.js";
import { isWbxmlContentType } from "../http/headers.js";
import { statusReply, wbxmlReply } from "../http/reply.js";
import { CommonStatus } from "../protocol/status.js";
import { decode, encode, type WbxmlElement } from "../wbxml/index.js";
import { commonStatusReply, type ReplyStyle } from "./command-reply.js";
import { logHttp } from "./logs.js";
import type { ServerParts } from "./server-parts.js";
import { go, type Step, stop } from "./step.js";

/** Reads and decodes the body of a request; undefined when it has none and needs none. */
export async function readDocument(
  parts: ServerParts,
  request: EasRequest,
  command: Command,
  style: ReplyStyle,
): Promise<Step<WbxmlElement | undefined>> {
  const { maxBodyBytes } = parts.options;
  const body = await readBody(request, maxBodyBytes);
  if (body.kind === "too-large") return stop(statusReply(413));
  if (body.kind === "unsupported-encoding") return stop(statusReply(415, { "accept-encoding": "gzip" }));
  if (body.kind === "failed") return stop(failedBodyReply(parts, body.error, command.name));
  if (body.kind === "malformed") {
    logHttp("%s body: %s", command.name, body.reason);
    return stop(commonStatusReply(CommonStatus.InvalidContent, style));
  }
  const { bytes } = body;
  if (bytes.length === 0) {
    return command.needsBody ? stop(commonStatusReply(CommonStatus.InvalidContent, style)) : go(undefined);
  }
  if (!isWbxmlContentType(request.headers))
    return stop(commonStatusReply(CommonStatus.InvalidContent, style));
  return decodeDocument(bytes, command, style, maxBodyBytes);
}

function decodeDocument(
  bytes: Uint8Array,
  command: Command,
  style: ReplyStyle,
  maxBytes: number,
): Step<WbxmlElement | undefined> {
  let document: WbxmlElement;
  try {
    document = decode(bytes, { maxBytes, maxOpaqueBytes: maxBytes });
  } catch (error) {
    if (!(error instanceof DirectPushError)) throw error;
    logHttp("%s body: %s", command.name, error.message);
    return stop(undecodableReply(CommonStatus.InvalidWbxml, command, style));
  }
  if (document.tag === command.rootTag) return go(document);
  logHttp("%s body: root element %d", command.name, document.tag);
  return stop(undecodableReply(CommonStatus.InvalidXml, command, style));
}

function undecodableReply(status: number, command: Command, style: ReplyStyle): EasResponse {
  return command.undecodable === undefined
    ? commonStatusReply(status, style)
    : wbxmlReply(encode(command.undecodable()));
}

function failedBodyReply(parts: ServerParts, error: DirectPushError, command: string): EasResponse {
  logHttp("the body could not be read: %O", error);
  if (error.code === "ERR_BODY_ABORTED") return statusReply(400);
  parts.tell("requestFailed", () => ({ error, device: undefined, command }));
  return statusReply(500);
}
