import type { Device } from "../protocol/device.js";

/** A collection that was synced. */
export interface SyncServedEvent {
  readonly device: Device;
  readonly collectionId: string;
  /** The key that was presented; "0" for a start. */
  readonly presentedKey: string;
  /** The key that was returned; equal to the presented one when nothing changed. */
  readonly returnedKey: string;
  /** Whether the presented key was a repeat: the previous answer was lost. */
  readonly replay: boolean;
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  readonly softDeleted: number;
  /** Client commands that were applied. */
  readonly applied: number;
  readonly moreAvailable: boolean;
}

/** An item that could not be rendered: skipped, so that the folder goes on. */
export interface ItemSkippedEvent {
  readonly device: Device;
  readonly collectionId: string;
  readonly itemId: string;
  readonly error: unknown;
}

/** A device that was told, or has confirmed, to erase itself. */
export interface WipeEvent {
  readonly device: Device;
  readonly scope: "device" | "account";
  readonly state: "requested" | "done" | "failed";
}

/** What commands report while they run; each call is cheap and never throws. */
export interface CommandEvents {
  syncServed(event: SyncServedEvent): void;
  itemSkipped(event: ItemSkippedEvent): void;
  wipe(event: WipeEvent): void;
  /** The mailbox or the store failed for a part of a request, while the rest of it is answered. */
  sourceFailed(error: unknown): void;
  /** A fault of this library that the command answers in its own way. */
  requestFailed(event: { readonly error: unknown; readonly device: Device; readonly command: string }): void;
  heartbeatRefused(event: {
    readonly device: Device;
    readonly askedSeconds: number;
    readonly nearestSeconds: number;
  }): void;
}
