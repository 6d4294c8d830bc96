import type { ImapFlow } from "imapflow";
import { DirectPushError } from "../errors.js";
import { type ByteRange, rangeLength } from "../mailbox/abilities/attachments.js";
import { Base64Lines, type ContentLayout } from "./body-layout.js";
import { transferDecoder } from "./body-transfer.js";
import { type MessagePart, structureOf } from "./structure.js";

/** Encoded bytes that are read at once. A multiple of 4, as lines of base64 have it. */
const chunkBytes = 96 * 1024;
/** Encoded content up to so long is kept from the reading that finds out its length to the sending that follows. */
const keptBytes = 4 * chunkBytes;

/** Works in the folder of the attachment, on a connection of the pool; undefined when the folder is gone. */
export type InFolder = <T>(work: (client: ImapFlow) => Promise<T>) => Promise<T | undefined>;

/** The attachment of a message that has a name; undefined when it has none of it, or is not there. */
export async function findAttachment(
  client: ImapFlow,
  uid: number,
  name: string,
): Promise<MessagePart | undefined> {
  const query = { uid: true, bodyStructure: true };
  const message = await client.fetchOne(String(uid), query, { uid: true });
  if (message === false || message.uid !== uid || message.bodyStructure === undefined) return undefined;
  return structureOf(message.bodyStructure).attachments.find(({ part }) => part === name);
}

/**
 * How long the content of a part is, without its transfer encoding, and where in it things are. The length of encoded content can only be known by
 * reading it; no more than a few pieces of it are ever kept.
 *
 * @param keep takes the encoded content of a part that is not long, so that it need not be read again.
 */
export async function layoutOf(
  inFolder: InFolder,
  uid: number,
  part: MessagePart,
  keep: (encoded: Uint8Array) => void,
): Promise<ContentLayout> {
  const { encoding, sizeBytes } = part;
  if (encoding !== "base64" && encoding !== "quoted-printable") return { sizeBytes, lines: undefined };
  const decoder = transferDecoder(encoding);
  const lines = new Base64Lines();
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const piece of encodedPieces(inFolder, uid, part, 0)) {
    length += decoder.write(piece).length;
    if (encoding === "base64") lines.write(piece);
    if (sizeBytes <= keptBytes) kept.push(piece);
  }
  if (sizeBytes <= keptBytes) keep(Buffer.concat(kept));
  return { sizeBytes: length + decoder.end().length, lines: lines.regular };
}

/**
 * The content of a part, or a range of it, read as it is wanted: no connection is kept while nothing is.
 *
 * @param encoded all of it as it is stored, where it was read already.
 */
export async function* contentOfPart(
  inFolder: InFolder,
  uid: number,
  part: MessagePart,
  layout: ContentLayout,
  range: ByteRange | undefined,
  encoded: Uint8Array | undefined,
): AsyncGenerator<Uint8Array> {
  let left = rangeLength(layout.sizeBytes, range);
  if (left === 0) return;
  const first = range?.first ?? 0;
  const start = startFor(part.encoding, layout, first);
  const decoder = transferDecoder(part.encoding);
  let skip = first - start.decoded;
  const wanted = function* (decoded: Uint8Array): Generator<Uint8Array> {
    const piece = decoded.subarray(skip, skip + left);
    skip = Math.max(0, skip - decoded.length);
    left -= piece.length;
    if (piece.length > 0) yield piece;
  };
  const pieces =
    encoded === undefined
      ? encodedPieces(inFolder, uid, part, start.encoded)
      : [encoded.subarray(start.encoded)];
  for await (const piece of pieces) {
    yield* wanted(decoder.write(piece));
    if (left === 0) return;
  }
  yield* wanted(decoder.end());
}

/** Where to begin to read for a byte of the content. */
function startFor(
  encoding: string,
  { lines }: ContentLayout,
  first: number,
): { readonly encoded: number; readonly decoded: number } {
  if (encoding === "base64" && lines !== undefined) {
    const line = Math.floor(first / lines.decodedBytes);
    return { encoded: line * lines.encodedBytes, decoded: line * lines.decodedBytes };
  }
  const isPlain = encoding !== "base64" && encoding !== "quoted-printable";
  return isPlain ? { encoded: first, decoded: first } : { encoded: 0, decoded: 0 };
}

async function* encodedPieces(
  inFolder: InFolder,
  uid: number,
  { part, sizeBytes }: MessagePart,
  from: number,
): AsyncGenerator<Uint8Array> {
  for (let start = from; start < sizeBytes; start += chunkBytes) {
    const bodyParts = [{ key: part, start, maxLength: chunkBytes }];
    const piece = await inFolder(async (client) => {
      const message = await client.fetchOne(String(uid), { uid: true, bodyParts }, { uid: true });
      return message === false ? undefined : message.bodyParts?.get(part.toLowerCase());
    });
    if (piece === undefined) {
      throw new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "The mail went away while it was read");
    }
    yield piece;
    if (piece.length < chunkBytes) return;
  }
}
