import type { Clock } from "../clock.js";

/** So many attempts in a row may fail before the next ones have to wait: a server that restarts is back at once. */
const FREE_FAILURES = 2;
const FIRST_WAIT_MS = 500;

/**
 * Milliseconds to wait after so many failures in a row, 1 or more: doubled with each, up to the longest, and half of it left to chance.
 *
 * @param random gives a number from 0 to below 1.
 */
export function backOffMs(failures: number, longestMs: number, random: () => number): number {
  const full = Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20), longestMs);
  return full / 2 + (full / 2) * random();
}

/**
 * Whether the server is worth an attempt: after failures in a row, attempts fail at once until some time has passed, and then one alone is
 * made. So a server that is away costs phones no waiting, and one that comes back is not run over.
 */
export class ImapBackOff {
  readonly #clock: Clock;
  readonly #longestMs: number;
  readonly #random: () => number;
  #failures = 0;
  #notBeforeMs = 0;
  /** Attempts that are under way since the last failure or success. */
  #trying = 0;
  #round: object = {};
  readonly #onReachable = new Set<() => void>();

  constructor(clock: Clock, longestMs: number, random: () => number) {
    this.#clock = clock;
    this.#longestMs = longestMs;
    this.#random = random;
  }

  /** How long until an attempt may be made, in milliseconds; 0: now. */
  get waitMs(): number {
    if (this.#failures <= FREE_FAILURES) return 0;
    const leftMs = this.#notBeforeMs - this.#clock.monotonicNow();
    if (leftMs > 0) return leftMs;
    // Somebody tries already: what it finds will be known soon.
    return this.#trying > 0 ? FIRST_WAIT_MS : 0;
  }

  /** An attempt begins. How it ends is told with what this returns: attempts that were under way together fail as one. */
  begin(): object {
    this.#trying += 1;
    return this.#round;
  }

  /** The server answered, whatever it said. */
  reached(): void {
    const wasAway = this.#failures > 0;
    this.#failures = 0;
    this.#nextRound();
    if (wasAway) for (const tell of this.#onReachable) tell();
  }

  /** Hears that the server is back. Returns how to stop. */
  onReachable(tell: () => void): () => void {
    this.#onReachable.add(tell);
    return () => this.#onReachable.delete(tell);
  }

  failed(round: object): void {
    if (round !== this.#round) return;
    this.#failures += 1;
    this.#nextRound();
    if (this.#failures <= FREE_FAILURES) return;
    const failures = this.#failures - FREE_FAILURES;
    this.#notBeforeMs = this.#clock.monotonicNow() + backOffMs(failures, this.#longestMs, this.#random);
  }

  #nextRound(): void {
    this.#trying = 0;
    this.#round = {};
  }
}
