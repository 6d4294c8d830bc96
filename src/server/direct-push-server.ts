import type { Command } from "../commands/command.js";
import type { DirectPush } from "../direct-push.js";
import { type DirectPushEvents, makeEvents, tellThrough } from "../events.js";
import { autodiscoverTarget } from "../http/autodiscover-target.js";
import { canonicalDeviceId } from "../http/device-id.js";
import { isEndpoint, splitTarget } from "../http/endpoint.js";
import type { ClientGone, EasRequest, EasResponse, Respond } from "../http/exchange.js";
import { statusReply } from "../http/reply.js";
import type { HeldRequest } from "../push/coordinator-observer.js";
import { cancelWipe, requestWipe, type WipeScope } from "../state/device-record.js";
import { answerRequest } from "./answer-request.js";
import { assembleParts, type PolicyGate } from "./assemble-parts.js";
import { logHttp } from "./logs.js";
import { PendingAnswer } from "./pending-answer.js";
import type { ResolvedOptions } from "./resolved-options.js";
import type { ServerParts, Shutdown } from "./server-parts.js";

/** The server behind `createDirectPush`; its commands are given, so that tests can give others. */
export class DirectPushServer implements DirectPush {
  readonly events: DirectPushEvents = makeEvents();
  readonly #parts: ServerParts;
  #shutdown: Shutdown = "none";
  #closed: Promise<void> | undefined;

  constructor(options: ResolvedOptions, commands: readonly Command[], checkPolicyKey: PolicyGate) {
    const tell = tellThrough(this.events, (error) => logHttp("a listener threw: %O", error));
    this.#parts = assembleParts(options, commands, checkPolicyKey, tell, () => this.#shutdown);
  }

  get heldCount(): number {
    return this.#parts.coordinator.heldCount;
  }

  held(): readonly HeldRequest[] {
    return this.#parts.coordinator.held();
  }

  serve(request: EasRequest, respond: Respond): ClientGone {
    const { coordinator, options } = this.#parts;
    const arrival = { receivedAtMs: options.clock.monotonicNow(), sequence: coordinator.sequence() };
    const pending = new PendingAnswer(this.#parts, respond, arrival);
    void answerRequest(this.#parts, request, arrival, pending);
    return (how = "closed") => pending.gone(how);
  }

  answers(url: string): boolean {
    const { path } = splitTarget(url);
    if (isEndpoint(path)) return true;
    return this.#parts.options.autodiscover !== undefined && autodiscoverTarget(path) !== undefined;
  }

  handle(request: EasRequest, signal?: AbortSignal): Promise<EasResponse> {
    return new Promise((resolve) => {
      const onAbort = (): void => {
        gone();
        resolve(statusReply(499));
      };
      const gone = this.serve(request, (response) => {
        signal?.removeEventListener("abort", onAbort);
        resolve(response);
      });
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  recall(user: string, deviceId: string): void {
    this.#parts.coordinator.recall(user, canonicalDeviceId(deviceId) ?? deviceId);
  }

  async wipeDevice(user: string, deviceId: string, scope: WipeScope): Promise<void> {
    const id = canonicalDeviceId(deviceId) ?? deviceId;
    await requestWipe(this.#parts.state, user, id, scope);
    this.#parts.coordinator.recall(user, id);
  }

  async cancelWipe(user: string, deviceId: string): Promise<boolean> {
    const order = await cancelWipe(this.#parts.state, user, canonicalDeviceId(deviceId) ?? deviceId);
    return order !== undefined;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#shutdown = "draining";
    const { coordinator, unanswered, options } = this.#parts;
    await coordinator.close();
    this.#shutdown = "closed";
    await unanswered.drained(options.callTimeoutMs);
  }
}
