/** Whatever a connection was lost by: the pause before the next attempt, in milliseconds, part of it left to chance. */
export function comeBack(tries: number): number {
  return Math.min(50 * 2 ** Math.min(tries, 10), 2_000) + Math.random() * 500;
}
