import type { ProtocolVersion } from "../protocol/version.js";
import type { SyncPage } from "./client-events.js";
import type { ClientFolder } from "./client-folder.js";
import type { DeviceDescription } from "./documents/device-information.js";
import type { HeartbeatStrategy } from "./heartbeat/heartbeat-strategy.js";
import type { BackOffOptions } from "./push/back-off.js";
import type { EasClientState } from "./session/client-state.js";
import type { AcceptPolicy } from "./session/provision.js";
import type { SyncOptions } from "./sync/sync-request.js";
import type { EasTransport } from "./transport/eas-transport.js";
import type { ClientDevice, HttpTransportOptions } from "./transport/http-transport.js";

/** What an `EasClient` is made of. */
export interface EasClientOptions extends Omit<HttpTransportOptions, "device"> {
  readonly device: ClientDevice & Partial<DeviceDescription>;
  /** What an earlier client of this account remembered, as JSON gave it back. Default: a device that has never connected. */
  readonly state?: EasClientState;
  /**
   * Takes a page of a Sync. The SyncKey moves on when it is done, so that a page that was not taken in full comes again: store the page and
   * {@link EasClientState} together where neither may be lost. Default: does nothing; the event `synced` tells the same.
   */
  readonly apply?: (page: SyncPage) => void | Promise<void>;
  /** Which folders are synced and waited for. Default: the inbox, the calendar and the contacts. */
  readonly folders?: (folder: ClientFolder) => boolean;
  /** How much of a folder is wanted. Default: everything, bodies as text of at most 32 KiB. */
  readonly syncOptions?: (folder: ClientFolder) => SyncOptions;
  /** How long a request may wait. Default: `learningStrategy()`. */
  readonly heartbeat?: HeartbeatStrategy<unknown>;
  /** What the device knows of its network, for the strategy: the SSID or the carrier. Default: it cannot tell. */
  readonly network?: () => string | undefined;
  /** `ping` (default), or `sync`: a hanging Sync, which brings the changes in its answer, from 14.0 on. */
  readonly waitWith?: "ping" | "sync";
  /**
   * Whether a Ping lists its folders `always` (default, as phones do) or only `when-changed`, which saves some bytes and asks more of the
   * server ([MS-ASCMD] 3.1.5.8).
   */
  readonly pingFolders?: "always" | "when-changed";
  readonly backOff?: BackOffOptions;
  /** Versions to speak. Default: all from 12.1 to 16.1; the highest that the server offers is used. */
  readonly versions?: readonly ProtocolVersion[];
  /** Applies the server's policy. Default: says that it was applied, for devices that have nothing to lock. */
  readonly acceptPolicy?: AcceptPolicy;
  /** Default: an `HttpTransport` of these options. The client closes it. */
  readonly transport?: EasTransport;
  /** A number from 0 to below 1, for back-off. Default: `Math.random`. */
  readonly random?: () => number;
}
