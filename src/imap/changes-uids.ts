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
