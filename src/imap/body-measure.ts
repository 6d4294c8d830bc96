import {
  chunkBytes,
  encodedPieces,
  type PartBeginning,
  type PartPlace,
  pieceAt,
  unread,
} from "./body-attachment.js";
import { Base64Lines, type ContentLayout, type RegularLines, SeenLines } from "./body-layout.js";
import { decodedTransfer, transferDecoder } from "./body-transfer.js";
import { atom, isList, pairsOf, runCommand, textOf, type Untagged } from "./imap-connections-command.js";
import { isAnswered } from "./imap-connections-failure.js";

/** Encoded content up to so long is read to find out its length, and kept for the sending that follows. */
const keptBytes = 4 * chunkBytes;
/** Whole lines that the end of longer content is looked at by. */
const endLines = 8;

/** How the content of a part is laid out, and what of it was read to find that out: it need not be read again. */
export interface MeasuredPart {
  readonly layout: ContentLayout;
  readonly beginning: PartBeginning;
}

/**
 * Finds out how long the content of a part is without its transfer encoding, and where in it things are. Of long content the beginning and the end
 * tell that, together with what the server says (BINARY, RFC 3516); only where they do not is it read, piece by piece.
 *
 * @param mustRead to look at all of it, because what was told before turned out wrong.
 */
export async function measurePart(place: PartPlace, mustRead: boolean): Promise<MeasuredPart> {
  const { encoding, sizeBytes } = place.part;
  if (encoding !== "base64" && encoding !== "quoted-printable") {
    return { layout: { sizeBytes, lines: undefined, isProven: true }, beginning: unread };
  }
  if (mustRead || sizeBytes <= keptBytes) return await measureByReading(place, unread);
  const isBase64 = encoding === "base64";
  const beginning = isBase64 ? { bytes: await pieceAt(place, 0), isAll: false } : unread;
  const layout = await layoutFromOutside(place, beginning);
  return layout === undefined ? await measureByReading(place, beginning) : { layout, beginning };
}

async function measureByReading(place: PartPlace, beginning: PartBeginning): Promise<MeasuredPart> {
  const { encoding, sizeBytes } = place.part;
  const decoder = transferDecoder(encoding);
  const lines = new Base64Lines();
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const piece of encodedPieces(place, 0, beginning)) {
    length += decoder.write(piece).length;
    if (encoding === "base64") lines.write(piece);
    if (sizeBytes <= keptBytes) kept.push(piece);
  }
  const { regular } = lines;
  const layout: ContentLayout = {
    sizeBytes: length + decoder.end().length,
    lines: regular && new SeenLines(regular, lines.wholeLines),
    isProven: true,
  };
  const isKept = sizeBytes <= keptBytes;
  return { layout, beginning: isKept ? { bytes: Buffer.concat(kept), isAll: true } : beginning };
}

async function layoutFromOutside(
  place: PartPlace,
  beginning: PartBeginning,
): Promise<ContentLayout | undefined> {
  const { regular, wholeLines, isOver } = linesOf(beginning.bytes);
  const counted = regular === undefined || isOver ? undefined : await sizeByLines(place, regular);
  const sizeBytes = (await toldSize(place)) ?? counted;
  if (sizeBytes === undefined) return undefined;
  return { sizeBytes, lines: regular && new SeenLines(regular, wholeLines), isProven: false };
}

/** The lines that base64 begins with. */
function linesOf(beginning: Uint8Array): Base64Lines {
  const lines = new Base64Lines();
  lines.write(beginning);
  return lines;
}

/** How long base64 is whose lines are all like the first; undefined when its end is not where it is in such content. */
async function sizeByLines(place: PartPlace, lines: RegularLines): Promise<number | undefined> {
  const { sizeBytes } = place.part;
  const before = Math.floor(sizeBytes / lines.encodedBytes) - endLines;
  if (before <= 0) return undefined;
  const start = before * lines.encodedBytes;
  const end = await pieceAt(place, start);
  if (end.length !== sizeBytes - start || linesOf(end).regular?.encodedBytes !== lines.encodedBytes)
    return undefined;
  return before * lines.decodedBytes + decodedTransfer(end, "base64").length;
}

/** How long the server says that the content is; undefined where it does not, as of content whose encoding is broken. */
async function toldSize({ inFolder, uid, part }: PartPlace): Promise<number | undefined> {
  return await inFolder(async (client) => {
    if (!client.capabilities.has("BINARY")) return undefined;
    const name = part.part.toUpperCase();
    const item = { type: "ATOM", value: "BINARY.SIZE", section: [atom(name)] };
    let told: number | undefined;
    const FETCH = async ({ attributes = [] }: Untagged): Promise<void> => {
      const values = new Map(attributes.filter(isList).flatMap(pairsOf));
      const size = Number(textOf(values.get(`BINARY.SIZE[${name}]`)) || Number.NaN);
      if (textOf(values.get("UID")) === String(uid) && Number.isSafeInteger(size)) told = size;
    };
    try {
      const message = { type: "SEQUENCE", value: String(uid) };
      await runCommand(client, "UID FETCH", [message, [atom("UID"), item]], { FETCH });
    } catch (error) {
      if (!isAnswered(error)) throw error;
    }
    return told;
  });
}
