import type { ProtocolVersion } from "../protocol/version.js";
import type { WbxmlElement } from "../wbxml/index.js";
import type { ClientFolder } from "./client-folder.js";
import type { IntervalOutcome } from "./heartbeat/heartbeat-strategy.js";
import type { ClientFailure } from "./session/client-failure.js";
import type { SyncItem, SyncResponse } from "./sync/sync-answer.js";

/** One answer about one folder. */
export interface SyncPage {
  readonly folder: ClientFolder;
  /** The first page of a folder that begins anew: whatever the device had of it is void. */
  readonly isStart: boolean;
  readonly added: readonly SyncItem[];
  readonly changed: readonly SyncItem[];
  /** Deleted on the server. */
  readonly deleted: readonly string[];
  /** Still on the server, and outside of the filter from now on. */
  readonly filteredOut: readonly string[];
  readonly responses: readonly SyncResponse[];
  /** Whether another page follows. */
  readonly moreAvailable: boolean;
}

/** What a FolderSync brought. */
export interface FolderChanges {
  /** All folders, after the changes. */
  readonly folders: readonly ClientFolder[];
  readonly added: readonly ClientFolder[];
  readonly updated: readonly ClientFolder[];
  /** Ids. */
  readonly deleted: readonly string[];
}

/** A request that the server may hold: how long, and for which folders. */
export interface WaitingEvent {
  readonly command: "Ping" | "Sync";
  readonly heartbeatSeconds: number;
  readonly folders: readonly ClientFolder[];
}

/** How such a request ended. */
export interface WaitedEvent extends WaitingEvent {
  readonly outcome: IntervalOutcome;
  /** The folders that the server said have changed. */
  readonly changed: readonly ClientFolder[];
}

/** What an `EasClient` tells. A listener that throws breaks the operation it listens to. */
export interface ClientEvents {
  /** OPTIONS was answered. */
  readonly connected: (event: {
    readonly version: ProtocolVersion;
    readonly offered: readonly string[];
  }) => void;
  /** The server's policy was accepted; `policy` is its EASProvisionDoc, undefined when the server has none for this device. */
  readonly provisioned: (event: { readonly policy: WbxmlElement | undefined }) => void;
  /** The server wants the device, or this account on it, erased. Nothing is erased, nor is the order acknowledged. */
  readonly wipeRequested: (event: { readonly scope: "device" | "account" }) => void;
  readonly foldersChanged: (event: FolderChanges) => void;
  /** A page was taken in full: after `apply`, and with the new SyncKey in `state`. Pages without anything are not told. */
  readonly synced: (page: SyncPage) => void;
  readonly waiting: (event: WaitingEvent) => void;
  readonly waited: (event: WaitedEvent) => void;
  /** The server sent the device to another address (HTTP 451). */
  readonly redirected: (event: { readonly url: string }) => void;
  /** Something failed, or the server sends the device round in circles (`failure` is undefined): the next try comes after a while. */
  readonly delayed: (event: {
    readonly seconds: number;
    readonly failure: ClientFailure | undefined;
  }) => void;
  /** `state` is another one: the time to store it. */
  readonly stateChanged: () => void;
}
