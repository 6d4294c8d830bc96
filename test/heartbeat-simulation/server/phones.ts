/** How an interval ended for a phone. */
export type PhoneOutcome = "expired" | "changed" | "failed" | "ended-itself";

/** How a phone chooses its interval. */
export interface PhoneModel {
  readonly name: string;
  readonly firstSeconds: number;
  /** How long after its interval it gives the connection up. */
  readonly marginSeconds: number;
  /** The interval after one of `askedSeconds`. */
  next(askedSeconds: number, outcome: PhoneOutcome): number;
}

/** Asks for the same for ever. */
function fixed(name: string, seconds: number, marginSeconds: number): PhoneModel {
  return { name, firstSeconds: seconds, marginSeconds, next: () => seconds };
}

/** Android's own: 480 s, 300 more after each quiet interval up to 1680, 300 less after a failure. */
const android: PhoneModel = {
  name: "Android, 8 to 28 min",
  firstSeconds: 480,
  marginSeconds: 5,
  next(askedSeconds, outcome) {
    if (outcome === "expired") return Math.min(1680, askedSeconds + 300);
    if (outcome === "failed") return Math.max(480, askedSeconds - 300);
    return askedSeconds;
  },
};

/** The phones that the server's learning is measured with. */
export const phones: readonly PhoneModel[] = [
  android,
  fixed("15 min for ever", 900, 30),
  fixed("59 min for ever", 3540, 25),
];
