/** What the server's process says. Seconds are hurried ones. */
export type HeartbeatServerMessage =
  | { readonly kind: "listens"; readonly learningPort: number; readonly plainPort: number }
  | {
      readonly kind: "learned";
      readonly carriedSeconds: number;
      readonly lostSeconds: number;
      readonly end: "cut" | "silent";
    };

/** What the phones' process says: a phone's interval has ended, and what its strategy holds for the limit since. */
export interface HeartbeatPhoneMessage {
  readonly phone: string;
  readonly askedSeconds: number;
  readonly outcome: string;
  /** The longest that is known to be carried, once the search is over. */
  readonly foundSeconds: number | undefined;
}
