import { commands as everyCommand } from "./commands/index.js";
import { checkPolicyKey } from "./commands/policy-gate.js";
import type { DirectPushEvents } from "./events.js";
import type { ClientGone, EasRequest, EasResponse, Respond } from "./http/exchange.js";
import type { DirectPushOptions } from "./options.js";
import type { HeldRequest } from "./push/coordinator-observer.js";
import { DirectPushServer } from "./server/direct-push-server.js";
import { resolveOptions } from "./server/resolved-options.js";
import type { WipeScope } from "./state/device-record.js";

/** A server of Direct Push: it answers requests, whatever HTTP server they come through. */
export interface DirectPush {
  /** What the server tells of itself; listeners may throw. */
  readonly events: DirectPushEvents;

  /**
   * Answers one request. This is the way in for hosts that hold many: while a request is held nothing of it is kept but `respond`.
   *
   * @param respond called exactly once, unless the client goes away first; it may be called before this returns.
   * @returns to be called when the client goes away before the answer.
   */
  serve(request: EasRequest, respond: Respond): ClientGone;

  /**
   * Answers one request as a promise. Never rejects.
   *
   * @param signal aborts when the client goes away; the promise then resolves with status 499, which nobody reads.
   */
  handle(request: EasRequest, signal?: AbortSignal): Promise<EasResponse>;

  /**
   * Whether a request is this server's, by its URL: the endpoint's, and Autodiscover's where that is on. Hosts with other routes pass
   * everything else on.
   */
  answers(url: string): boolean;

  /** How many requests are held. */
  readonly heldCount: number;

  /** The requests that are held now. */
  held(): readonly HeldRequest[];

  /**
   * Ends the held requests of a device, so that it learns at once of a decision about it: a block, a new policy.
   *
   * @param deviceId in either form and any case.
   */
  recall(user: string, deviceId: string): void;

  /**
   * Orders a device to erase itself, or the account alone (16.1; older devices are refused instead), and ends its held requests so that it
   * learns of it at once. The device is told until it confirms; `wipe` events tell how far it is.
   *
   * @throws DirectPushError when the state store fails.
   */
  wipeDevice(user: string, deviceId: string, scope: WipeScope): Promise<void>;

  /**
   * Takes an order to erase back, or lets a device that was erased come back. What the device has erased stays erased.
   *
   * @returns whether there was an order.
   * @throws DirectPushError when the state store fails.
   */
  cancelWipe(user: string, deviceId: string): Promise<boolean>;

  /**
   * Shuts down: held requests are answered, over `closeSpreadMs`. Until the last of them is, new requests are served like any other, and
   * those that are to be held are answered with the last ones; after that they get 503. Every answer from now on ends its connection, so that the
   * next request comes to another server where there is one. Close the HTTP server after it.
   *
   * @returns resolves when all requests were answered, after `callTimeoutMs` at the latest. A second call gets the same promise.
   */
  close(): Promise<void>;
}

/**
 * Makes a server of Direct Push.
 *
 * @throws DirectPushError `ERR_OPTION_INVALID` naming the option that is wrong.
 */
export function createDirectPush(options: DirectPushOptions): DirectPush {
  return new DirectPushServer(resolveOptions(options), everyCommand, checkPolicyKey);
}
