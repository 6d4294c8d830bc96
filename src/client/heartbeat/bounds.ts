/** The longest interval that Exchange accepts, and what others therefore never exceed ([MS-ASCMD] 2.2.3.88.1). */
export const longestSeconds = 3540;

/** The nearest whole number of seconds from `least` to `most`; `least` for what is no number. */
export function wholeSeconds(value: number, least: number, most: number): number {
  return Number.isNaN(value) ? least : Math.min(most, Math.max(least, Math.round(value)));
}

/** What a server let a device know of its bounds by refusing an interval; either is absent until then. */
export interface ServerBounds {
  readonly leastSeconds?: number;
  readonly mostSeconds?: number;
}

/** The bounds after `nearestSeconds` was named in place of `askedSeconds`. The newest word wins where two contradict each other. */
export function refusedBounds(
  known: ServerBounds,
  askedSeconds: number,
  nearestSeconds: number,
): ServerBounds {
  const nearest = wholeSeconds(nearestSeconds, 1, longestSeconds);
  const { leastSeconds, mostSeconds } = known;
  if (nearest > askedSeconds)
    return mostSeconds === undefined || mostSeconds < nearest
      ? { leastSeconds: nearest }
      : { leastSeconds: nearest, mostSeconds };
  return leastSeconds === undefined || leastSeconds > nearest
    ? { mostSeconds: nearest }
    : { leastSeconds, mostSeconds: nearest };
}

/** The interval as a whole number within the strategy's own bounds, and then within the server's, whose word is the last. */
export function withinBounds(seconds: number, least: number, most: number, server: ServerBounds): number {
  const own = wholeSeconds(seconds, least, most);
  return Math.max(server.leastSeconds ?? 1, Math.min(server.mostSeconds ?? longestSeconds, own));
}
