/** Lengths to try, in seconds: just above the limits that are common, so that each has a length on either side. */
const ladder = [
  1, 2, 3, 4, 6, 8, 11, 15, 20, 25, 35, 50, 65, 90, 105, 150, 200, 250, 310, 360, 480, 610, 720, 910, 1080,
  1210, 1500, 1810, 2100, 2410, 2700, 3000, 3300, 3540,
];
/** How much shorter than the longest the shortest is. */
const SPAN = 30;

/** The intervals to hold, ascending: `wantSeconds` and `upToSeconds` are among them. */
export function rungsUpTo(upToSeconds: number, wantSeconds: number): readonly number[] {
  const between = ladder.filter((rung) => rung >= upToSeconds / SPAN && rung < upToSeconds);
  // What the ladder has close to the wanted interval would say the same.
  const apart = between.filter((rung) => Math.abs(rung / wantSeconds - 1) > 0.05);
  return [...new Set([...apart, wantSeconds, upToSeconds])].sort((a, b) => a - b);
}
