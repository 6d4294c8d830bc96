/** UIDs from `first` to `last`, both included. */
export interface UidRange {
  readonly first: number;
  readonly last: number;
}

/** The ranges of a sequence set such as `1,5:10`, in ascending order; parts that are no UIDs are left out. */
export function uidRangesOf(set: string): UidRange[] {
  const ranges = set.split(",").flatMap((part): UidRange[] => {
    const [, one, other] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part.trim()) ?? [];
    if (one === undefined) return [];
    const ends = [Number(one), Number(other ?? one)];
    return [{ first: Math.max(1, Math.min(...ends)), last: Math.max(...ends) }];
  });
  return ranges.sort((a, b) => a.first - b.first);
}

/** The highest `limit` UIDs of ranges that lie below `before`, the highest first; no UID is told twice. */
export function highestUids(ranges: readonly UidRange[], before: number, limit: number): number[] {
  const uids: number[] = [];
  let below = before;
  for (const { first, last } of [...ranges].sort((a, b) => b.last - a.last)) {
    for (let uid = Math.min(last, below - 1); uid >= first; uid -= 1) {
      if (uids.length === limit) return uids;
      uids.push(uid);
      below = uid;
    }
  }
  return uids;
}

/** How many UIDs there are in ranges that do not overlap. */
export function countUids(ranges: readonly UidRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** What of ranges is in none of the others; both in ascending order, and so is this. */
export function uidsWithout(ranges: readonly UidRange[], others: readonly UidRange[]): UidRange[] {
  const left: UidRange[] = [];
  let next = 0;
  for (const { first, last } of ranges) {
    let from = first;
    while (next < others.length && (others[next] as UidRange).last < from) next += 1;
    for (let at = next; at < others.length && from <= last; at += 1) {
      const other = others[at] as UidRange;
      if (other.first > last) break;
      if (other.first > from) left.push({ first: from, last: other.first - 1 });
      from = Math.max(from, other.last + 1);
    }
    if (from <= last) left.push({ first: from, last });
  }
  return left;
}

/** The sequence set of UIDs, with those that follow one another in one range. */
export function uidSetOf(uids: readonly number[]): string {
  const parts: string[] = [];
  let range: { first: number; last: number } | undefined;
  for (const uid of [...uids].sort((a, b) => a - b)) {
    if (range !== undefined && uid <= range.last + 1) {
      range.last = uid;
      continue;
    }
    if (range !== undefined) parts.push(textOf(range));
    range = { first: uid, last: uid };
  }
  if (range !== undefined) parts.push(textOf(range));
  return parts.join(",");
}

function textOf({ first, last }: UidRange): string {
  return first === last ? String(first) : `${first}:${last}`;
}
