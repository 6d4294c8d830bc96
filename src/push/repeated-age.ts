/** How many ages must agree. */
const ENOUGH = 3;
/** Of how many that are remembered. */
const KEPT = 4;

/** Tells an age at which something ends connections again and again from the many at which devices do so themselves. */
export class RepeatedAge {
  #ages: readonly number[] = [];

  /** Whether nothing is remembered. */
  get isEmpty(): boolean {
    return this.#ages.length === 0;
  }

  /** Takes note of an age in seconds; the lowest of those that agree with it once there are enough, and then starts over. */
  note(seconds: number): number | undefined {
    const ages = [...this.#ages, seconds].slice(-KEPT);
    const agreeing = ages.filter((age) => Math.abs(age - seconds) <= ageTolerance(seconds));
    this.#ages = agreeing.length < ENOUGH ? ages : [];
    return agreeing.length < ENOUGH ? undefined : Math.min(...agreeing);
  }

  /** A connection lived so long: what ends them all at a lower age would have ended it too. */
  outlived(seconds: number): void {
    if (this.#ages.length > 0) this.#ages = this.#ages.filter((age) => age > seconds);
  }
}

/** How far two ages may differ that have one cause, in seconds. */
export function ageTolerance(seconds: number): number {
  return Math.max(2, seconds * 0.02);
}
