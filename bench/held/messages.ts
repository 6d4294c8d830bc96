/** Without the library; with it; with it and a source that does not say what kind of change it tells of. */
export type ServerMode = "bare" | "mounted" | "asking";

/** What the bench tells a server process. */
export type ServerOrder =
  /** Does what comes before the Pings that are measured. */
  | { readonly kind: "prime"; readonly from: number; readonly phones: number }
  /** Lets phones that are primed sync what came since. */
  | { readonly kind: "catch-up"; readonly from: number; readonly phones: number }
  | { readonly kind: "memory" }
  | { readonly kind: "held" }
  | { readonly kind: "idle-cpu"; readonly seconds: number }
  /** Wakes so many phones one after the other, a few milliseconds apart; the value is when each was woken. */
  | { readonly kind: "wake-each"; readonly from: number; readonly phones: number }
  | { readonly kind: "wake-all"; readonly phones: number }
  /** Asked when the last answer has arrived. */
  | { readonly kind: "wake-all-cost" }
  /** From now on every held request is woken at once. */
  | { readonly kind: "turn-around" };

/** What waking all did to the server. */
export interface WakeAllCost {
  readonly cpuMicroseconds: number;
  readonly loopBlockMs: number;
  /** The longest single one. */
  readonly garbageCollectionMs: number;
}

/** What the bench tells the process that plays the phones. */
export type PhonesOrder =
  | { readonly kind: "connect"; readonly port: number; readonly from: number; readonly phones: number }
  | { readonly kind: "disconnect"; readonly from: number; readonly phones: number }
  /** The value is when each of these phones had its answer. */
  | { readonly kind: "arrivals"; readonly from: number; readonly phones: number }
  | { readonly kind: "all-arrived"; readonly phones: number }
  | { readonly kind: "turn"; readonly keys: readonly string[]; readonly seconds: number }
  | {
      readonly kind: "turn-whole";
      readonly port: number;
      readonly phones: number;
      readonly seconds: number;
    };

/** Nanoseconds of the clock that all processes of a machine share. */
export function nowNs(): number {
  return Number(process.hrtime.bigint());
}
