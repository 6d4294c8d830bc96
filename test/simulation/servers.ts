import type { SimulatedServer } from "./carrier.js";
import type { SimulatedPhone } from "./phone.js";
import type { HeldRequest } from "./phone-world.js";

/** What serves the phones: one process, or several that are one server. */
export interface Servers {
  /** Where the next request goes. */
  readonly server: SimulatedServer;
  /** Whether no process is dead. */
  readonly alive: boolean;
  /** Whether nothing that was asked is answered any more. */
  readonly isGone: boolean;
  /** Whether time has to pass for a request to be answered. */
  readonly isStalled: boolean;
  /** How often all state was lost. */
  readonly emptied: number;
  /** A process dies at a call after so many more. */
  dieAfter(calls: number): void;
  /** All processes are gone now. */
  die(): void;
  /** Ends one process, with an answer to each phone or without; {@link startAgain} starts another. */
  end(isGraceful: boolean, passTime: () => Promise<void>): Promise<void>;
  /** A call into the mailbox failed. */
  mailboxFailed(): void;
  /** Starts another process for each that is dead. */
  startAgain(): void;
  /** Whether whoever holds a request was in no trouble, and had got over the last one, when the monotonic clock said that. */
  isTrusted(held: HeldRequest, atMs: number): boolean;
  /** Whether a process may have heard then, on the monotonic clock, of a change in a folder that the phone has. */
  mayTellLate(user: string, folder: string, atMs: number): boolean;
  /** Compares what is held where with what may be. */
  checkHolds(phones: readonly SimulatedPhone[]): void;
  /** What else may happen to it, with how often. */
  troubles(): readonly (readonly [weight: number, act: () => void | Promise<void>])[];
}
