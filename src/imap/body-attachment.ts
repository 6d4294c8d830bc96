import type { ImapFlow } from "imapflow";
import { DirectPushError } from "../errors.js";
import { type ByteRange, rangeLength } from "../mailbox/abilities/attachments.js";
import type { ContentLayout } from "./body-layout.js";
import { transferDecoder } from "./body-transfer.js";
import { type MessagePart, structureOf } from "./structure.js";

/** Encoded bytes that are read at once. A multiple of 4, as lines of base64 have it. */
export const chunkBytes: number = 96 * 1024;

/** Works in the folder of the attachment, on a connection of the pool; undefined when the folder is gone. */
export type InFolder = <T>(work: (client: ImapFlow) => Promise<T>) => Promise<T | undefined>;

/** A part of a message, to be read as it is wanted: no connection is kept while nothing is. */
export interface PartPlace {
  readonly inFolder: InFolder;
  readonly uid: number;
  readonly part: MessagePart;
}

/** What of a part was read already, as it is stored. */
export interface PartBeginning {
  readonly bytes: Uint8Array;
  /** Whether the part has no more. */
  readonly isAll: boolean;
}

/** Nothing was. */
export const unread: PartBeginning = { bytes: new Uint8Array(0), isAll: false };

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
 * The content of a part, or a range of it.
 *
 * @param refuted is called, before the content fails, when the layout turns out not to be that of the content.
 */
export async function* contentOfPart(
  place: PartPlace,
  layout: ContentLayout,
  range: ByteRange | undefined,
  beginning: PartBeginning,
  refuted: () => void,
): AsyncGenerator<Uint8Array> {
  const length = rangeLength(layout.sizeBytes, range);
  if (length === 0) return;
  const first = range?.first ?? 0;
  const decoded = decodedFrom(place, layout, first, beginning);
  if (layout.isProven) yield* beginningOf(decoded, length);
  else if (first + length === layout.sizeBytes) yield* exactly(decoded, length, refuted);
  else yield* exactly(beginningOf(decoded, length), length, refuted);
}

/** What is stored of a part from a byte on. */
export async function* encodedPieces(
  place: PartPlace,
  from: number,
  { bytes, isAll }: PartBeginning,
): AsyncGenerator<Uint8Array> {
  if (from < bytes.length) yield bytes.subarray(from);
  if (isAll) return;
  for (let start = Math.max(from, bytes.length); start < place.part.sizeBytes; start += chunkBytes) {
    const piece = await pieceAt(place, start);
    yield piece;
    if (piece.length < chunkBytes) return;
  }
}

/** What is stored of a part from a byte on, {@link chunkBytes} at most. @throws DirectPushError when the mail is gone. */
export async function pieceAt({ inFolder, uid, part }: PartPlace, start: number): Promise<Uint8Array> {
  const bodyParts = [{ key: part.part, start, maxLength: chunkBytes }];
  const piece = await inFolder(async (client) => {
    const message = await client.fetchOne(String(uid), { uid: true, bodyParts }, { uid: true });
    return message === false ? undefined : message.bodyParts?.get(part.part.toLowerCase());
  });
  if (piece !== undefined) return piece;
  throw new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "The mail went away while it was read");
}

async function* decodedFrom(
  place: PartPlace,
  layout: ContentLayout,
  first: number,
  beginning: PartBeginning,
): AsyncGenerator<Uint8Array> {
  const { encoding } = place.part;
  const { start, see } = startFor(encoding, layout, first);
  const decoder = transferDecoder(encoding);
  let skip = first - start.decoded;
  const wanted = function* (decoded: Uint8Array): Generator<Uint8Array> {
    const piece = decoded.subarray(skip);
    skip = Math.max(0, skip - decoded.length);
    if (piece.length > 0) yield piece;
  };
  for await (const piece of encodedPieces(place, start.encoded, beginning)) {
    see(piece);
    yield* wanted(decoder.write(piece));
  }
  yield* wanted(decoder.end());
}

async function* beginningOf(pieces: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let left = length;
  for await (const piece of pieces) {
    yield piece.subarray(0, left);
    left -= piece.length;
    if (left <= 0) return;
  }
}

/** Content that must be of some length. Its last piece is kept back until that is sure, so that nobody takes a part for the whole. */
async function* exactly(
  pieces: AsyncIterable<Uint8Array>,
  length: number,
  refuted: () => void,
): AsyncGenerator<Uint8Array> {
  let left = length;
  let last: Uint8Array | undefined;
  for await (const piece of pieces) {
    left -= piece.length;
    if (left < 0) break;
    if (last !== undefined) yield last;
    last = piece;
  }
  if (left !== 0) {
    refuted();
    throw new DirectPushError(
      "ERR_MAILBOX_UNAVAILABLE",
      "The attachment is not as long as it was told to be",
    );
  }
  if (last !== undefined) yield last;
}

/** Where to begin to read for a byte of the content, and what is to see all that is read from there. */
function startFor(
  encoding: string,
  { lines }: ContentLayout,
  first: number,
): {
  readonly start: { readonly encoded: number; readonly decoded: number };
  readonly see: (encoded: Uint8Array) => void;
} {
  if (encoding === "base64" && lines !== undefined) {
    const line = lines.lineFor(first);
    return { start: lines.startOf(line), see: lines.seeingFrom(line) };
  }
  const isPlain = encoding !== "base64" && encoding !== "quoted-printable";
  const at = isPlain ? first : 0;
  return { start: { encoded: at, decoded: at }, see: () => {} };
}
