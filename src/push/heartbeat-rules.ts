const hourSeconds = 3_600;
const daySeconds = 24 * hourSeconds;

/** Knowledge that nothing confirmed for so long is given up. */
export const KNOWLEDGE_LASTS_SECONDS: number = 7 * daySeconds;
/** A longer interval is tried again after this; each failure doubles it. */
export const FIRST_RETRY_SECONDS: number = 12 * hourSeconds;
/** Where the device asks for far more than the path carries, and each failure costs it that long without push, after this. */
export const FIRST_DEAR_RETRY_SECONDS: number = 2 * daySeconds;
/** The longest that it becomes. */
export const LONGEST_RETRY_SECONDS: number = 4 * daySeconds;
/** Where a longer interval was carried before, the losses may have been chance: the first trial is sooner. */
export const EARLY_RETRY_SECONDS: number = hourSeconds;
/** After a short step down, what was carried before is tried again after this: the losses may have been chance. */
export const RECOVERY_SECONDS: number = 6 * hourSeconds;
/** A suspicion that nothing adds to for so long is dropped. */
export const SUSPICION_LASTS_SECONDS: number = daySeconds;

/** The weight of one lost answer. */
export const LOSS = 10;
/** The weight of a carried one against it, where a limit is known. */
export const CARRY_AGAINST_DOUBT = 3;
/** Where the device asks for so many times what the path carries, a lost answer costs more than many requests. */
export const DEAR_LOSS_TIMES = 2;
/** A carried answer then counts less. */
export const CARRY_AGAINST_DEAR_DOUBT = 1;
/** Three lost answers in a row make a limit, where such an interval was never carried before. */
export const SUSPICION_ENOUGH = 30;
/** Else it takes four. */
export const SURPRISE_ENOUGH = 40;
/** Two, with few carried ones in between, make a known limit lower. */
export const DOUBT_ENOUGH = 20;

/** The search ends when its bounds are this near: the cost in additional requests. */
export const SETTLED_SHARE = 0.05;
/** Or this near, for short intervals. */
export const SETTLED_SECONDS = 3;
/** How far below the age of a cut an interval is answered. */
export const CUT_MARGIN_SHARE = 0.04;
/**
 * A lost answer costs a device its whole interval without push, a shorter interval one small request: the search goes on so far above what is
 * carried, as a share of the way to what was lost.
 */
export const SEARCH_STEP = 0.25;
/** The same share of the ratio, where they lie far apart. */
export const SEARCH_RATIO_STEP = 0.4;
/** A device that asks for so much loses that by each lost answer: it is searched for from lower down, and in smaller steps. */
export const LONG_ASKED_SECONDS = 1_800;
/** {@link SEARCH_STEP} for such a device, while the path carries less than half of what it asks for. */
export const DEAR_SEARCH_STEP = 0.1;
/** {@link SEARCH_RATIO_STEP} for such a device. */
export const DEAR_SEARCH_RATIO_STEP = 0.15;
/** A limit that sank is followed in ever longer steps. */
export const FALL_SHARES: readonly number[] = [0.88, 0.75, 0.6];
/** So is one of which no carried interval is known. */
export const SEARCH_SHARES: readonly number[] = [0.5, 0.4, 0.25];
/** {@link SEARCH_SHARES} for a device that asks for so much. */
export const DEAR_SEARCH_SHARES: readonly number[] = [0.25];
/** While a limit is looked for above what was known: no shortest lost interval. */
export const NOT_FOUND = 1_000_000;
