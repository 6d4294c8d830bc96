/** What the other processes tell this one. Its methods are called synchronously and do not throw. */
export interface HoldPeersListener {
  /** A claim of this process is not the newest one any more: another process has claimed the key since. */
  overtaken(key: string, claim: number): void;
  /** Another process recalls a device. */
  recalled(user: string, deviceId: string): void;
  /** The others can be reached again; what they said in between is lost. */
  restored(): void;
}

/**
 * The other processes that hold requests of the same devices, as the coordinator sees them. A key stands for one device and command, and
 * the newest claim of it, in the order in which the processes' claims come together, is whose device it is.
 */
export interface HoldPeers {
  /**
   * Claims a key for this process. The process whose claim was the newest hears of it.
   *
   * @returns the claim: a whole number from 1 to 2^31 - 1, another for each claim of the key.
   */
  claim(key: string): Promise<number>;
  /** The newest claim of each key, in their order; undefined where there is none. */
  claimed(keys: readonly string[]): Promise<readonly (number | undefined)[]>;
  /** Tells all other processes that a device is recalled. A failure is only logged. */
  recall(user: string, deviceId: string): void;
  /** Starts hearing of the others. Returns how to stop. */
  listen(listener: HoldPeersListener): () => void;
  /** Over how many milliseconds what is held is compared after an interruption. */
  readonly spreadMs: number;
  /** A number from 0 to below 1, for jitter. */
  random(): number;
}
