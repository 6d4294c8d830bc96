import type { Command, CommandRequest } from "../commands/command.js";
import { DirectPushError } from "../errors.js";
import { readBody } from "../http/body.js";
import type { EasRequest, EasResponse } from "../http/exchange.js";
import { isMessageContentType, isWbxmlContentType } from "../http/headers.js";
import { statusReply, wbxmlReply } from "../http/reply.js";
import { CommonStatus } from "../protocol/status.js";
import { isAtLeast } from "../protocol/version.js";
import { decode, encode, type WbxmlElement } from "../wbxml/index.js";
import { commonStatusReply, type ReplyStyle } from "./command-reply.js";
import { knownElements } from "./known-elements.js";
import { logHttp } from "./logs.js";
import type { ServerParts } from "./server-parts.js";
import { go, type Step, stop } from "./step.js";

/** What of the body a command gets. */
export type RequestContent = Pick<CommandRequest, "document" | "rawBody">;

const noContent: RequestContent = Object.freeze({ document: undefined, rawBody: undefined });

/** Reads the body of a request, and decodes it unless it is a message. */
export async function readDocument(
  parts: ServerParts,
  request: EasRequest,
  command: Command,
  style: ReplyStyle,
): Promise<Step<RequestContent>> {
  const { maxBodyBytes, maxMessageBytes } = parts.options;
  const maxBytes = command.takesMessage === true ? maxMessageBytes : maxBodyBytes;
  const body = await readBody(request, maxBytes);
  if (body.kind === "too-large") return stop(tooLargeReply(command, style));
  if (body.kind === "unsupported-encoding") return stop(statusReply(415, { "accept-encoding": "gzip" }));
  if (body.kind === "failed") return stop(failedBodyReply(parts, body.error, command.name));
  if (body.kind === "malformed") {
    logHttp("%s body: %s", command.name, body.reason);
    return stop(commonStatusReply(CommonStatus.InvalidContent, style));
  }
  const { bytes } = body;
  if (bytes.length === 0) {
    return command.needsBody ? stop(commonStatusReply(CommonStatus.InvalidContent, style)) : go(noContent);
  }
  const isMessage = command.takesMessage === true && !isAtLeast(style.version, "14.0");
  const isExpected = isMessage ? isMessageContentType : isWbxmlContentType;
  if (!isExpected(request.headers)) return stop(commonStatusReply(CommonStatus.InvalidContent, style));
  if (isMessage) return go({ document: undefined, rawBody: bytes });
  return decodeDocument(bytes, command, style, maxBytes);
}

function decodeDocument(
  bytes: Uint8Array,
  command: Command,
  style: ReplyStyle,
  maxBytes: number,
): Step<RequestContent> {
  let document: WbxmlElement;
  try {
    document = knownElements(decode(bytes, { maxBytes, maxOpaqueBytes: maxBytes }));
  } catch (error) {
    if (!(error instanceof DirectPushError)) throw error;
    logHttp("%s body: %s", command.name, error.message);
    return stop(undecodableReply(CommonStatus.InvalidWbxml, command, style));
  }
  if (document.tag === command.rootTag) return go({ document, rawBody: undefined });
  logHttp("%s body: root element %d", command.name, document.tag);
  return stop(undecodableReply(CommonStatus.InvalidXml, command, style));
}

/** Phones tell the user of a mail that its attachments are too large; what they make of 413 is anyone's guess. */
function tooLargeReply(command: Command, style: ReplyStyle): EasResponse {
  return command.takesMessage === true
    ? commonStatusReply(CommonStatus.AttachmentIsTooLarge, style)
    : statusReply(413);
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
