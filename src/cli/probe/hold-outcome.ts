/** What became of one held Ping. */
export type HoldOutcome =
  /** Answered when the interval was over: the path carries it. */
  | { readonly kind: "carried" }
  /** A change in the mailbox ended it early: the path carries so many seconds at least. */
  | { readonly kind: "changed"; readonly afterSeconds: number }
  /** The server ended the wait by itself before the interval was over: it carries so many seconds at least. */
  | { readonly kind: "early"; readonly afterSeconds: number }
  /** The connection was closed (`closed`) or reset (`reset`) before the answer. */
  | { readonly kind: "cut"; readonly how: "closed" | "reset"; readonly afterSeconds: number }
  /** A proxy answered in the server's place. `proxy` is what it calls itself; undefined when it does not. */
  | {
      readonly kind: "gateway";
      readonly status: number;
      readonly proxy: string | undefined;
      readonly afterSeconds: number;
    }
  /** No answer and no end of the connection until the interval and its margin were over. */
  | { readonly kind: "silent"; readonly afterSeconds: number }
  /** The server does not hold a request for so long or short (Ping Status 5); `nearestSeconds` is what it would. */
  | { readonly kind: "refused"; readonly nearestSeconds: number }
  /** The server has no room for one more request of this user. */
  | { readonly kind: "busy" }
  /** Nothing that says anything of the path. */
  | { readonly kind: "unclear"; readonly reason: string };

/** A Ping that was held, and what became of it. */
export interface HeldPing {
  readonly askedSeconds: number;
  /** When it was sent, in seconds since the probe began. */
  readonly startedSeconds: number;
  readonly outcome: HoldOutcome;
}

/** An outcome that shows that the path does not carry the interval. */
export type HoldFailure = Extract<HoldOutcome, { readonly kind: "cut" | "gateway" | "silent" }>;

/** Whether an outcome shows that the path does not carry the interval. */
export function isFailure(outcome: HoldOutcome): outcome is HoldFailure {
  return outcome.kind === "cut" || outcome.kind === "gateway" || outcome.kind === "silent";
}

/** The age at which a Ping failed: as seen where its end was seen, at most the interval where it was silent. Infinity when it did not fail. */
export function failedAtSeconds({ askedSeconds, outcome }: HeldPing): number {
  if (!isFailure(outcome)) return Number.POSITIVE_INFINITY;
  return outcome.kind === "silent" ? askedSeconds : outcome.afterSeconds;
}

/** The longest interval of which an outcome proves that it is carried; 0 when it proves nothing. */
export function carriedSeconds({ askedSeconds, outcome }: HeldPing): number {
  if (outcome.kind === "carried") return askedSeconds;
  return outcome.kind === "changed" || outcome.kind === "early" ? Math.floor(outcome.afterSeconds) : 0;
}

/** For how long a connection was alive for certain: until its end was seen. */
export function livedSeconds(held: HeldPing): number {
  const { outcome } = held;
  return outcome.kind === "cut" || outcome.kind === "gateway" ? outcome.afterSeconds : carriedSeconds(held);
}
