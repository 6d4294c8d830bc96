const startedAt = performance.now();

/** Prints one line of what happens, with the seconds since the start. */
export function tell(who: string, text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(3).padStart(8);
  console.log(`${seconds} s  ${who.padEnd(6)}  ${text}`);
}
