/** Which results of a search are wanted, both ends included, counted from 0. */
export interface ResultRange {
  readonly first: number;
  readonly last: number;
}

/** The Range of a request ([MS-ASCMD] 2.2.3.143), `fallback` when there is none, undefined for what is no range. */
export function readRange(sent: string | undefined, fallback: ResultRange): ResultRange | undefined {
  if (sent === undefined || sent.trim() === "") return fallback;
  const [, first, last] = /^\s*(\d{1,9})\s*-\s*(\d{1,9})\s*$/.exec(sent) ?? [];
  if (first === undefined || last === undefined || Number(first) > Number(last)) return undefined;
  return { first: Number(first), last: Number(last) };
}

/** The Range of an answer: of what is sent. Without results it is that of the first, because old devices do not read an answer without a Range. */
export function rangeText(first: number, count: number): string {
  return count === 0 ? "0-0" : `${first}-${first + count - 1}`;
}
