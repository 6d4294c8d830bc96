/** Counts of observed values, as plain data: histograms of one kind can be added, and sent to another process. */
export interface HistogramCounts {
  /** Upper bounds of the buckets, ascending, in the unit of the values; a value equal to a bound is within it. */
  readonly bounds: readonly number[];
  /** How many values fell into each bucket alone; one more than there are bounds, for what is above the last. */
  readonly counts: readonly number[];
  /** Of all values. */
  readonly sum: number;
}

/** Counts values in buckets; what it costs does not grow with how many there were. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** Counts a value. */
  observe(value: number): void {
    let index = 0;
    while (index < this.#bounds.length && value > (this.#bounds[index] as number)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  /** A copy of what was counted. */
  counts(): HistogramCounts {
    return { bounds: this.#bounds, counts: [...this.#counts], sum: this.#sum };
  }
}

/** How many values a histogram has. */
export function totalOf({ counts }: HistogramCounts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The sum of histograms. Those whose bounds are not the first one's are left out: they are of another version of the program. */
export function addHistograms(first: HistogramCounts, others: readonly HistogramCounts[]): HistogramCounts {
  const counts = [...first.counts];
  let { sum } = first;
  for (const other of others) {
    if (other.bounds.join() !== first.bounds.join()) continue;
    other.counts.forEach((count, index) => {
      counts[index] = (counts[index] ?? 0) + count;
    });
    sum += other.sum;
  }
  return { bounds: first.bounds, counts, sum };
}

/**
 * A quantile, as far as buckets tell: within its bucket the values are taken for evenly spread.
 *
 * @param share from 0 to 1: 0.95 for the value that 95 % do not exceed.
 * @returns undefined without values; the last bound when it lies above that.
 */
export function quantile(histogram: HistogramCounts, share: number): number | undefined {
  const { bounds, counts } = histogram;
  const total = totalOf(histogram);
  if (total === 0) return undefined;
  const rank = share * total;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    const upper = bounds[index];
    if (upper === undefined) break;
    if (count > 0 && below + count >= rank) {
      const lower = bounds[index - 1] ?? 0;
      return lower + ((upper - lower) * Math.max(0, rank - below)) / count;
    }
    below += count;
  }
  return bounds.at(-1);
}
