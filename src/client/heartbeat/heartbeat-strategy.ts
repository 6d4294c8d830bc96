/** How a request ended that waited for a heartbeat interval, as the device saw it. */
export type IntervalOutcome =
  /** The server's answer "no changes" came when the interval ended: the network carries it. */
  | { readonly kind: "expired" }
  /** Answered with a change after so many seconds: the network carries at least these, and nothing is known of the rest. */
  | { readonly kind: "changed"; readonly afterSeconds: number }
  /**
   * Refused as out of the server's bounds: Ping Status 5, Sync Status 14 ([MS-ASCMD] 2.2.3.88.1). `nearestSeconds` is what the server would
   * accept.
   */
  | { readonly kind: "refused"; readonly nearestSeconds: number }
  /**
   * No answer. `silent`: none came until the interval and its margin were over. `cut`: the connection was closed after so many seconds, or a
   * proxy answered in the server's place (HTTP 502, 504, 524).
   */
  | { readonly kind: "failed"; readonly how: "silent" | "cut"; readonly afterSeconds: number }
  /** The device ended the request itself, to sync or because it went to sleep: nothing is known beyond these seconds. */
  | { readonly kind: "abandoned"; readonly afterSeconds: number };

/** Where and when an interval is chosen, or has ended. */
export interface IntervalCircumstances {
  /** Seconds since the Unix epoch. */
  readonly nowSeconds: number;
  /** What the device knows of its network: the SSID or the carrier, say. Equal strings are one network; absent where it cannot tell. */
  readonly network?: string;
}

/**
 * How a device finds the longest heartbeat interval that its network carries. A pure state machine: `State` is plain data, to be stored as
 * JSON and given back, and nothing but what is given decides.
 *
 * @typeParam State what it remembers.
 */
export interface HeartbeatStrategy<State> {
  /** What tells it from others in tables and logs. */
  readonly name: string;
  /** The state of a device that has never asked. */
  initial(): State;
  /** The interval to ask for next, in whole seconds. Asking does not change the state. */
  interval(state: State, circumstances: IntervalCircumstances): number;
  /** The state after an interval of `askedSeconds` ended as `outcome`. */
  next(
    state: State,
    askedSeconds: number,
    outcome: IntervalOutcome,
    circumstances: IntervalCircumstances,
  ): State;
}
