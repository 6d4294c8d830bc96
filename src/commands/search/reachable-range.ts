import type { ResultRange } from "../searching/result-range.js";

/** Results that can be had of a search ([MS-ASCMD] 2.2.3.143.3). */
const maxResults = 100;

/** The part of a range that can be had: the same range if all of it can, undefined if nothing can. */
export function reachable(range: ResultRange): ResultRange | undefined {
  if (range.first >= maxResults) return undefined;
  return range.last < maxResults ? range : { first: range.first, last: maxResults - 1 };
}
