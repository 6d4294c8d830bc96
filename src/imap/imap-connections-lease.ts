import type { ImapFlow } from "imapflow";

/** A connection that somebody works with, alone, until it is given back. */
export interface ImapLease {
  readonly client: ImapFlow;
  /** Whether it was opened for this work; one from the pool may be dead without anybody having noticed. */
  readonly isFresh: boolean;
  /** Gives it back, for others to use. Give it back once; what comes later is ignored. */
  release(): void;
  /** Throws it away: a command was broken off, or its state is not known any more. */
  discard(): void;
}

/** Whether the connection can be used for another command. */
export function isUsable(client: ImapFlow): boolean {
  return client.usable && !client.isClosed;
}
