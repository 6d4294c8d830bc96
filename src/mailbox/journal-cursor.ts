import type { DatePosition } from "./date-index.js";

/** Where a reader of a folder's journal stands. */
export type JournalPosition =
  /** Lists the folder as it was at `sequence`, and has all from this date on. */
  | ({ readonly kind: "listing"; readonly sequence: number } & DatePosition)
  /** Has every change up to `sequence`. */
  | { readonly kind: "delta"; readonly sequence: number };

/** The cursor of a listing that stopped after an entry. */
export function listingCursor(epoch: string, sequence: number, after: DatePosition): string {
  return `${epoch}:${sequence}:${after.orderMs}:${after.order}`;
}

/** The cursor of a reader that has all changes up to a sequence. */
export function deltaCursor(epoch: string, sequence: number): string {
  return `${epoch}:${sequence}`;
}

/** Reads a cursor of the given epoch; undefined for any other text. */
export function parseJournalCursor(cursor: string, epoch: string): JournalPosition | undefined {
  const [itsEpoch, ...numbers] = cursor.split(":");
  const [sequence, orderMs, order] = numbers.map(number);
  if (itsEpoch !== epoch || sequence === undefined || !Number.isSafeInteger(sequence)) return undefined;
  if (numbers.length === 1) return { kind: "delta", sequence };
  if (numbers.length !== 3 || orderMs === undefined || order === undefined) return undefined;
  return Number.isNaN(orderMs) || Number.isNaN(order)
    ? undefined
    : { kind: "listing", sequence, orderMs, order };
}

/** The cursor of a list by date that stopped after an entry. */
export function dateCursor(after: DatePosition): string {
  return `${after.orderMs}:${after.order}`;
}

/** Reads a cursor of a list by date; undefined for any other text. */
export function parseDateCursor(cursor: string): DatePosition | undefined {
  const [orderMs, order, ...rest] = cursor.split(":").map(number);
  if (orderMs === undefined || order === undefined || rest.length > 0) return undefined;
  return Number.isNaN(orderMs) || Number.isNaN(order) ? undefined : { orderMs, order };
}

function number(text: string): number {
  // Number("") is 0.
  return text === "" ? Number.NaN : Number(text);
}
