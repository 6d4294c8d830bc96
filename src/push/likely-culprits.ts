import { knownLimits } from "./known-limits.js";
import { ageTolerance } from "./repeated-age.js";

/** What ends connections at this age, in the open, unless it was told another; the likeliest first, empty when nothing known does. */
export function likelyCulprits(seconds: number): readonly string[] {
  return knownLimits
    .filter(({ limits }) =>
      limits.some(
        (limit) =>
          limit.seen !== "silence" && Math.abs(limit.seconds - seconds) <= ageTolerance(limit.seconds),
      ),
    )
    .map(({ what }) => what);
}
