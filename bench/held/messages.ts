/** What the bench tells a server process. */
export type ServerOrder =
  | { readonly kind: "prime"; readonly phones: number }
  | { readonly kind: "memory" }
  | { readonly kind: "held" }
  | { readonly kind: "idle-cpu"; readonly seconds: number }
  | { readonly kind: "wake"; readonly phone: number }
  | { readonly kind: "wake-all"; readonly phones: number }
  | { readonly kind: "loop-block" }
  | { readonly kind: "answer-at-once"; readonly phones: number };

/** What the bench tells the process that plays the phones. */
export type PhonesOrder =
  | { readonly kind: "connect"; readonly port: number; readonly from: number; readonly phones: number }
  | { readonly kind: "arrival"; readonly phone: number }
  | { readonly kind: "all-arrived"; readonly phones: number }
  | { readonly kind: "turn"; readonly phones: number; readonly seconds: number };

/** Nanoseconds of the clock that all processes of a machine share. */
export function nowNs(): number {
  return Number(process.hrtime.bigint());
}
