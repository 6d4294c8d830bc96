import type { ClientFolder } from "../client-folder.js";
import type { ClientFailure } from "../session/client-failure.js";

/** What a step of the push loop came to. */
export type PushStep =
  /** Something was achieved. */
  | { readonly kind: "progress" }
  /** Neither. */
  | { readonly kind: "neutral" }
  /**
   * A wait that ended before its time. If no progress comes of it and the next one ends so too, server and device go round in a circle: a
   * folder that is told to have changed and has not, a hierarchy that is outdated for ever.
   */
  | { readonly kind: "idle" }
  /** No folder is there to wait for. */
  | { readonly kind: "no-folders" }
  | ClientFailure;

/** One request that the server holds, as the rounds see it. */
export interface HeldRound {
  readonly folders: readonly ClientFolder[];
  readonly heartbeatSeconds: number;
  readonly signal: AbortSignal;
}
