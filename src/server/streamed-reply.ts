import type { StreamedContent, StreamedOutcome } from "../commands/command.js";
import type { EasResponse } from "../http/exchange.js";
import { wbxmlContentType } from "../http/headers.js";
import { multipartContentType, multipartHead } from "../http/multipart.js";
import { type ReplyHeaders, streamReply } from "../http/reply.js";
import { encode } from "../wbxml/index.js";
import { asBase64, base64Length } from "./base64-stream.js";

/** The answer of a command whose content is sent as it is read: nothing of it is in memory as a whole. */
export function streamedReply(outcome: StreamedOutcome, headers: ReplyHeaders): EasResponse {
  switch (outcome.kind) {
    case "content":
      return replyOf(outcome.contentType, [outcome.content], headers);
    case "multipart": {
      const document = encode(outcome.document);
      const lengths = [document.length, ...outcome.parts.map(({ byteLength }) => byteLength)];
      return replyOf(multipartContentType, [multipartHead(lengths), document, ...outcome.parts], headers);
    }
    case "streamed-document":
      return replyOf(wbxmlContentType, filledIn(encode(outcome.document), outcome.texts), headers);
  }
}

type Piece = Uint8Array | StreamedContent;

/** The document, with the streams as base64 in the place of the texts that stand for them. */
function filledIn(
  document: Uint8Array,
  texts: Extract<StreamedOutcome, { kind: "streamed-document" }>["texts"],
): readonly Piece[] {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.length);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { placeholder, content } of texts) {
    const found = bytes.indexOf(placeholder, at, "utf8");
    if (found < 0) throw new RangeError("A text that is to be streamed has no place in its document");
    pieces.push(bytes.subarray(at, found), {
      byteLength: base64Length(content.byteLength),
      chunks: asBase64(content.chunks),
    });
    at = found + Buffer.byteLength(placeholder);
  }
  return [...pieces, bytes.subarray(at)];
}

function replyOf(contentType: string, pieces: readonly Piece[], headers: ReplyHeaders): EasResponse {
  const byteLength = pieces.reduce(
    (sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : piece.byteLength),
    0,
  );
  return streamReply(contentType, byteLength, joined(pieces), headers);
}

async function* joined(pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) yield piece;
    else yield* piece.chunks;
  }
}
