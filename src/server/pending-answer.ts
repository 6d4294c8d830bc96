import type { ConnectionEnd, EasResponse, Respond } from "../http/exchange.js";
import { withHeaders } from "../http/reply.js";
import type { Device } from "../protocol/device.js";
import { FollowedStream } from "./followed-stream.js";
import { logHttp } from "./logs.js";
import type { ServerParts } from "./server-parts.js";

/** What ends the hold of a request whose client went away. */
type StopHolding = (how: ConnectionEnd) => void;

/**
 * The answer that one request waits for: given exactly once, or never when the client went away first. It is all that stays of a request
 * while it is held, so it refers to nothing of the request itself.
 */
export class PendingAnswer {
  readonly #parts: ServerParts;
  readonly #receivedAtMs: number;
  readonly #sequence: number;
  #respond: Respond | undefined;
  #stopHolding: StopHolding | undefined = undefined;
  /** Set once the request is counted by the ceilings. */
  #isCounted = false;
  #isWorkedOn = false;

  /** The authenticated user. */
  user: string | undefined = undefined;
  device: Device | undefined = undefined;
  /** As in the query. */
  command: string | undefined = undefined;
  /** Whether the request carried a policy key. */
  hadPolicyKey = false;

  constructor(
    parts: ServerParts,
    respond: Respond,
    { receivedAtMs, sequence }: { readonly receivedAtMs: number; readonly sequence: number },
  ) {
    this.#parts = parts;
    this.#respond = respond;
    this.#receivedAtMs = receivedAtMs;
    this.#sequence = sequence;
    parts.unanswered.add();
  }

  /** Whether nobody waits any more: the answer was given, or the client is gone. */
  get isOver(): boolean {
    return this.#respond === undefined;
  }

  /** Counts the request against the ceilings of its device and user; false when one is reached. */
  enter(device: Device): boolean {
    this.device = device;
    if (!this.#parts.ceilings.enter(device.user, device.id)) return false;
    this.#isCounted = true;
    this.#isWorkedOn = true;
    return true;
  }

  /** The request is held from now on; `stopHolding` is called when the client goes away. */
  holdWith(stopHolding: StopHolding): void {
    this.#stopWorking();
    this.#stopHolding = stopHolding;
  }

  /** The hold is over; an answer follows. */
  holdEnded(): void {
    this.#stopHolding = undefined;
  }

  /** Gives the answer. Ignored when there is nobody to give it to. */
  answer(response: EasResponse): void {
    const respond = this.#respond;
    if (respond === undefined) return;
    const followed = this.#followed(response);
    this.#respond = undefined;
    const isLast = this.#parts.shutdown() !== "none";
    const sent = isLast ? withHeaders(followed, { connection: "close" }) : followed;
    try {
      respond(sent);
    } catch (error) {
      logHttp("the host failed to send an answer: %O", error);
      if (sent.body instanceof FollowedStream) sent.body.return().catch(() => {});
    }
    // Only now: ten thousand may wait for their answer, and none of them for the counting.
    this.#release();
    const { user, device, command } = this;
    const { "content-length": responseBytes } = sent.headers;
    // Asked first: the call alone is no small part of what a woken Ping costs.
    if (logHttp.enabled) logHttp("%s %s %d %s bytes", user, command, sent.status, responseBytes);
    this.#parts.tell("request", () => ({
      user,
      device,
      command,
      status: sent.status,
      responseBytes: Number(responseBytes),
      milliseconds: this.#milliseconds(),
      sequence: this.#sequence,
    }));
  }

  /** An answer that is a stream counts against the ceilings until it is over. */
  #followed(response: EasResponse): EasResponse {
    const { body } = response;
    if (body === null || body instanceof Uint8Array) return response;
    const parts = this.#parts;
    const { device } = this;
    const isCounted = this.#isCounted;
    const isWorkedOn = this.#isWorkedOn;
    this.#isCounted = false;
    this.#isWorkedOn = false;
    const stream = new FollowedStream(body, (error) => {
      if (isWorkedOn && device !== undefined) parts.ceilings.leaveDevice(device.user, device.id);
      if (isCounted && device !== undefined) parts.ceilings.leaveUser(device.user);
      if (error === undefined) return;
      logHttp("an answer broke off: %O", error);
      parts.tell("sourceFailed", () => ({ error, call: "request" }));
    });
    return { ...response, body: stream };
  }

  /** The client went away. Ignored when the answer was given, and when it went away before. */
  gone(how: ConnectionEnd): void {
    if (this.#respond === undefined) return;
    const stopHolding = this.#stopHolding;
    this.#release();
    const { user, device, command } = this;
    logHttp("%s %s client gone: %s", user, command, how);
    this.#parts.tell("dropped", () => ({
      user,
      device,
      command,
      how,
      afterMilliseconds: this.#milliseconds(),
      sequence: this.#sequence,
    }));
    stopHolding?.(how);
  }

  #release(): void {
    this.#respond = undefined;
    this.#stopHolding = undefined;
    this.#stopWorking();
    if (this.#isCounted && this.device !== undefined) this.#parts.ceilings.leaveUser(this.device.user);
    this.#isCounted = false;
    this.#parts.unanswered.remove();
  }

  #stopWorking(): void {
    if (this.#isWorkedOn && this.device !== undefined) {
      this.#parts.ceilings.leaveDevice(this.device.user, this.device.id);
    }
    this.#isWorkedOn = false;
  }

  #milliseconds(): number {
    return this.#parts.options.clock.monotonicNow() - this.#receivedAtMs;
  }
}
