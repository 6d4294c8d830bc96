/** How often an interval was carried and lost lately; both fade. Plain data. */
export interface TriedInterval {
  readonly seconds: number;
  readonly carried: number;
  readonly lost: number;
}

/** Intervals that differ by less count as one. */
const sameShare = 1.03;
const mostTried = 16;
/** What is left of a count that has faded so far is nothing. */
const negligible = 0.05;

/** Takes note of an interval that was carried or lost. */
export function noted(
  tried: readonly TriedInterval[],
  seconds: number,
  { carried = 0, lost = 0 }: { carried?: number; lost?: number },
): readonly TriedInterval[] {
  const index = tried.findIndex(
    (one) => one.seconds <= seconds * sameShare && seconds <= one.seconds * sameShare,
  );
  const known = tried[index];
  if (known !== undefined)
    return tried.with(index, { ...known, carried: known.carried + carried, lost: known.lost + lost });
  const all = [...tried, { seconds, carried, lost }].sort((a, b) => a.seconds - b.seconds);
  if (all.length <= mostTried) return all;
  const lightest = all.reduce((a, b) => (a.carried + a.lost <= b.carried + b.lost ? a : b));
  return all.filter((one) => one !== lightest);
}

/** The counts after a while in which each fell to this part of itself. */
export function faded(tried: readonly TriedInterval[], part: number): readonly TriedInterval[] {
  return tried
    .map(({ seconds, carried, lost }) => ({ seconds, carried: carried * part, lost: lost * part }))
    .filter(({ carried, lost }) => carried + lost >= negligible);
}

/** Whether an interval of up to so many seconds was lost lately. */
export function isLossKnown(tried: readonly TriedInterval[], seconds: number): boolean {
  return tried.some((one) => one.seconds <= seconds && one.lost > negligible * 2);
}
