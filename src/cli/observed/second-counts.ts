/** How many seconds are kept. */
const SECONDS = 60;

/** What happened in each of the last seconds, as plain data. */
export interface SecondSeries {
  /** The second since the Unix epoch that follows the last one of `counts`. */
  readonly endSecond: number;
  /** Of whole seconds, the oldest first. */
  readonly counts: readonly number[];
}

/** Counts events by the second, for the last minute: a ring without a timer. */
export class SecondCounts {
  /** The second that is under way has a place of its own. */
  readonly #ring = new Float64Array(SECONDS + 1);
  #second: number;

  /** @param nowMs since the Unix epoch. */
  constructor(nowMs: number) {
    this.#second = Math.floor(nowMs / 1_000);
  }

  /** Counts one event. */
  count(nowMs: number): void {
    this.#advance(nowMs);
    const place = this.#place(this.#second);
    this.#ring[place] = (this.#ring[place] ?? 0) + 1;
  }

  /** The whole seconds before this one. */
  series(nowMs: number): SecondSeries {
    this.#advance(nowMs);
    const first = this.#second - SECONDS;
    const counts = Array.from({ length: SECONDS }, (_, index) => this.#ring[this.#place(first + index)] ?? 0);
    return { endSecond: this.#second, counts };
  }

  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    // A clock that was set back counts on in the second it had reached.
    if (second <= this.#second) return;
    const first = Math.max(this.#second + 1, second - SECONDS);
    for (let passed = first; passed <= second; passed += 1) this.#ring[this.#place(passed)] = 0;
    this.#second = second;
  }

  #place(second: number): number {
    return second % (SECONDS + 1);
  }
}

/** The sum of series by their seconds; what lies before the last minute of the latest one is left out. */
export function addSeries(all: readonly SecondSeries[]): SecondSeries {
  const endSecond = Math.max(0, ...all.map((series) => series.endSecond));
  const counts = Array.from({ length: SECONDS }, () => 0);
  for (const series of all) {
    const first = SECONDS - (endSecond - series.endSecond) - series.counts.length;
    series.counts.forEach((count, index) => {
      const place = first + index;
      if (place >= 0) counts[place] = (counts[place] ?? 0) + count;
    });
  }
  return { endSecond, counts };
}

/** The mean of a series, in events a second. */
export function meanPerSecond({ counts }: SecondSeries): number {
  return counts.length === 0 ? 0 : counts.reduce((sum, count) => sum + count, 0) / counts.length;
}
