import type { MailboxRef } from "./mailbox-change-source.js";

/** How a held request ended. Exactly one outcome for each hold. */
export type HoldOutcome =
  /** These watched folders have something to sync. Never empty. */
  | { readonly kind: "changed"; readonly folders: readonly string[] }
  /** The heartbeat interval elapsed without a change. */
  | { readonly kind: "expired" }
  /** A newer request of the same device took its place. */
  | { readonly kind: "superseded" }
  /** The client went away; nobody reads an answer. */
  | {
      readonly kind: "disconnected";
      readonly afterSeconds: number;
      /** `timed-out`: the kernel gave the connection up, as nothing answered its keep-alive probes. */
      readonly how: "closed" | "reset" | "timed-out";
    }
  /** The server shuts down. */
  | { readonly kind: "closing" }
  /** The change source or the mailbox failed: nothing can be watched. */
  | {
      readonly kind: "failed";
      readonly error: unknown;
      /** False when it failed before the first look at the folders was over: the request just came, and can be told to come back later. */
      readonly wasHeld: boolean;
    }
  /** An operator's decision about the device (wipe, block, new policy) that it must learn of now. */
  | { readonly kind: "recalled" };

/** One watched folder of a hold. */
export interface HoldFolder {
  /** The folder's id, or `HIERARCHY`. */
  readonly folder: string;
  /** The marker behind the last SyncKey that the device was given; undefined when it is not known and `confirm` must decide. */
  readonly marker: string | undefined;
  /** The folder holds mail: whatever arrives there now is for the device, whatever its filter. */
  readonly isMail?: true;
}

/** What a command asks of the coordinator: hold this request until one of the folders changes or the interval ends. */
export interface HoldRequest {
  readonly mailbox: MailboxRef;
  /** The device's id, canonical; together with the user it is the identity that supersedes. */
  readonly deviceId: string;
  /** For observers: what kind of device it is, in its own words. */
  readonly deviceType?: string;
  /** For the heartbeat history and the events. */
  readonly command: "Ping" | "Sync";
  readonly folders: readonly HoldFolder[];
  /** Whole seconds from `receivedAtMs` until the outcome is `expired`. */
  readonly heartbeatSeconds: number;
  /** What the device asked for, in seconds, where that is not `heartbeatSeconds`. */
  readonly askedSeconds?: number;
  /** An answer that is only held back, with no folders: the device did not ask to wait, so no event and no heartbeat history tells of it. */
  readonly isHeldBack?: true;
  /** When the request arrived, on the monotonic time of the coordinator's clock: the interval counts from here, not from when state was loaded. */
  readonly receivedAtMs: number;
  /** Taken from `PingCoordinator.sequence()` when the request arrived: the higher number is the newer request. */
  readonly sequence: number;
  /**
   * Whether the device's next Sync of this folder would send something, asked after a marker differs or a change is notified.
   * A false answer leaves the hold waiting. Bounded by the caller; a rejection ends the hold as `failed`.
   */
  confirm(folder: string): Promise<boolean>;
}
