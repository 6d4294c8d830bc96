/** What is known of a path that has a limit: plain data, to be stored as JSON. */
export interface PathLimit {
  /** The longest interval that is relied on, in whole seconds; 0 while none is. */
  readonly carriedSeconds: number;
  /** The shortest interval that the path is believed not to carry, in whole seconds. */
  readonly lostSeconds: number;
  /** Whether connections are closed at that age; else they are forgotten in silence. */
  readonly isCut: boolean;
  /** When the limit was last seen to hold, in seconds since the Unix epoch. */
  readonly confirmedAtSeconds: number;
  /** When a longer interval is to be tried, in seconds since the Unix epoch. */
  readonly retryAtSeconds: number;
  /** How long after a failed trial the next one waits, in seconds. */
  readonly retryGapSeconds: number;
}
