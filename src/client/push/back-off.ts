/** How long to wait after failures. */
export interface BackOffOptions {
  /** Seconds after the first failure; doubled with each further one. Default 2. */
  readonly firstSeconds?: number;
  /** Seconds, never more unless the server asks for it. Default 300. */
  readonly maximumSeconds?: number;
}

/**
 * Seconds to wait after so many failures in a row, 1 or more. Half of it is left to chance, so that the devices of a server that comes back do
 * not come back all at once.
 *
 * @param random gives a number from 0 to below 1.
 */
export function backOffSeconds(failures: number, options: BackOffOptions, random: () => number): number {
  const { firstSeconds = 2, maximumSeconds = 300 } = options;
  const full = Math.min(firstSeconds * 2 ** (failures - 1), maximumSeconds);
  return full / 2 + (full / 2) * random();
}
