/** Where a reader of a folder's changes stands, for servers that keep a modification sequence (RFC 7162). */
export type FolderPosition =
  /** Lists the folder as it was at `modSeq`, newest first, and has all from UID `before` on. */
  | {
      readonly kind: "listing";
      readonly uidValidity: bigint;
      readonly modSeq: bigint;
      readonly before: number;
    }
  /** Has every change up to `modSeq`. */
  | { readonly kind: "changes"; readonly uidValidity: bigint; readonly modSeq: bigint }
  /** Has every change up to `modSeq`, and of those up to `toModSeq` the ones of UIDs from `before` on. */
  | {
      readonly kind: "changes-from";
      readonly uidValidity: bigint;
      readonly modSeq: bigint;
      readonly toModSeq: bigint;
      readonly before: number;
    };

const letters = { listing: "l", changes: "c", "changes-from": "p" } as const;

/** The cursor of a position, of at most 64 characters. */
export function cursorOf(position: FolderPosition): string {
  const { kind, uidValidity, modSeq } = position;
  const rest =
    kind === "listing"
      ? [position.before]
      : kind === "changes"
        ? []
        : [position.toModSeq.toString(36), position.before];
  return [letters[kind], uidValidity.toString(36), modSeq.toString(36), ...rest].join(":");
}

/** Reads what {@link cursorOf} wrote; undefined for any other text. */
export function readCursor(cursor: string): FolderPosition | undefined {
  const [letter, validity, sequence, ...rest] = cursor.split(":");
  const [uidValidity, modSeq] = [readNumber(validity), readNumber(sequence)];
  if (uidValidity === undefined || modSeq === undefined) return undefined;
  if (letter === "c" && rest.length === 0) return { kind: "changes", uidValidity, modSeq };
  const before = readUid(rest.at(-1));
  if (before === undefined) return undefined;
  if (letter === "l" && rest.length === 1) return { kind: "listing", uidValidity, modSeq, before };
  const toModSeq = readNumber(rest[0]);
  if (letter !== "p" || rest.length !== 2 || toModSeq === undefined) return undefined;
  return { kind: "changes-from", uidValidity, modSeq, toModSeq, before };
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
