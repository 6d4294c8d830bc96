/** How many messages a folder had, and which UID was to be the next: what tells whether any was removed since. */
export interface FolderExtent {
  readonly exists: number;
  readonly uidNext: number;
}

interface CommonPosition {
  readonly uidValidity: bigint;
  readonly modSeq: bigint;
  /** Of the folder at the sequence that the position leads to, on servers that do not tell what was removed (those without QRESYNC). */
  readonly extent?: FolderExtent;
}

/** Where a reader of a folder's changes stands, for servers that keep a modification sequence (RFC 7162). */
export type FolderPosition =
  /** Lists the folder as it was at `modSeq`, newest first, and has all from UID `before` on. */
  | (CommonPosition & { readonly kind: "listing"; readonly before: number })
  /** Has every change up to `modSeq`. */
  | (CommonPosition & { readonly kind: "changes" })
  /** Has every change up to `modSeq`, and of those up to `toModSeq` the ones of UIDs from `before` on. */
  | (CommonPosition & { readonly kind: "changes-from"; readonly toModSeq: bigint; readonly before: number });

const letters = { listing: "l", changes: "c", "changes-from": "p" } as const;

/** The cursor of a position, of at most 64 characters. */
export function cursorOf(position: FolderPosition): string {
  const { kind, uidValidity, modSeq, extent } = position;
  const numbers = [uidValidity, modSeq];
  if (kind === "changes-from") numbers.push(position.toModSeq);
  const words = [letters[kind], ...numbers.map((number) => number.toString(36))];
  if (kind !== "changes") words.push(String(position.before));
  if (extent !== undefined) words.push(`${extent.exists.toString(36)}.${extent.uidNext.toString(36)}`);
  return words.join(":");
}

/** Reads what {@link cursorOf} wrote; undefined for any other text. */
export function readCursor(cursor: string): FolderPosition | undefined {
  const words = cursor.split(":");
  const extent = readExtent(words.at(-1));
  if (extent !== undefined) words.pop();
  const [letter, validity, sequence, ...rest] = words;
  const [uidValidity, modSeq] = [readNumber(validity), readNumber(sequence)];
  if (uidValidity === undefined || modSeq === undefined) return undefined;
  const known = { uidValidity, modSeq, ...(extent !== undefined && { extent }) };
  if (letter === "c" && rest.length === 0) return { kind: "changes", ...known };
  const before = readUid(rest.at(-1));
  if (before === undefined) return undefined;
  if (letter === "l" && rest.length === 1) return { kind: "listing", ...known, before };
  const toModSeq = readNumber(rest[0]);
  if (letter !== "p" || rest.length !== 2 || toModSeq === undefined) return undefined;
  return { kind: "changes-from", ...known, toModSeq, before };
}

function readExtent(text: string | undefined): FolderExtent | undefined {
  const [, exists, uidNext] = /^([0-9a-z]{1,7})\.([0-9a-z]{1,7})$/.exec(text ?? "") ?? [];
  if (exists === undefined || uidNext === undefined) return undefined;
  return { exists: Number.parseInt(exists, 36), uidNext: Number.parseInt(uidNext, 36) };
}

function readUid(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** A number of up to 63 bits in base 36. */
function readNumber(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[0-9a-z]{1,13}$/.test(text)) return undefined;
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
}
