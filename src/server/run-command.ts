import type { Command, CommandOutcome, CommandRequest } from "../commands/command.js";
import { encodeAnswer } from "../commands/repeated-answer.js";
import { isUnavailable } from "../commands/unavailable.js";
import type { EasResponse } from "../http/exchange.js";
import { emptyReply, type ReplyHeaders, unavailableReply, wbxmlReply } from "../http/reply.js";
import { CommonStatus } from "../protocol/status.js";
import type { HoldOutcome } from "../push/hold.js";
import { commonStatusReply } from "./command-reply.js";
import { logHttp } from "./logs.js";
import type { PendingAnswer } from "./pending-answer.js";
import type { RequestContext } from "./request-context.js";
import type { ServerParts } from "./server-parts.js";
import { streamedReply } from "./streamed-reply.js";

/** How a command asks to be held. */
type Holding = Extract<CommandOutcome, { kind: "hold" }>;

/** Runs one command for one request and sees to it that it is answered; of the request itself it keeps nothing. */
export class CommandRun {
  readonly #parts: ServerParts;
  readonly #command: Command;
  readonly #context: RequestContext;
  readonly #pending: PendingAnswer;
  /** What is added to an answer with status 200. */
  readonly #headers: ReplyHeaders;

  constructor(
    parts: ServerParts,
    command: Command,
    context: RequestContext,
    pending: PendingAnswer,
    headers: ReplyHeaders,
  ) {
    this.#parts = parts;
    this.#command = command;
    this.#context = context;
    this.#pending = pending;
    this.#headers = headers;
  }

  /** Resolves when the request was answered, or is held and the coordinator has it. Never rejects. */
  async start(request: CommandRequest): Promise<void> {
    try {
      const outcome = await this.#command.run(request, this.#context);
      if (outcome.kind === "hold") this.#noteHeartbeat(outcome, request.network);
      this.#proceed(outcome);
    } catch (error) {
      this.#fail(error);
    }
  }

  #proceed(outcome: CommandOutcome): void {
    if (this.#pending.isOver) return;
    if (outcome.kind === "hold") this.#hold(outcome);
    else this.#pending.answer(this.#reply(outcome));
  }

  #noteHeartbeat({ hold }: Holding, network: string | undefined): void {
    if (this.#pending.isOver || hold.isHeldBack === true) return;
    const { command, deviceId, sequence, heartbeatSeconds, askedSeconds = heartbeatSeconds } = hold;
    this.#parts.negotiator.observe({
      kind: "requested",
      device: { user: hold.mailbox.user, deviceId },
      sequence,
      command,
      askedSeconds,
      answerAfterSeconds: heartbeatSeconds,
      ...(network !== undefined && { network }),
    });
  }

  #hold(holding: Holding): void {
    const stopHolding = this.#parts.coordinator.hold(holding.hold, (outcome) =>
      this.#resume(holding, outcome),
    );
    this.#pending.holdWith(stopHolding);
  }

  #resume(holding: Holding, outcome: HoldOutcome): void {
    this.#pending.holdEnded();
    if (this.#pending.isOver || outcome.kind === "disconnected") return;
    try {
      const next = holding.resume(outcome);
      if (next instanceof Promise) void this.#continue(next);
      else this.#proceed(next);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #continue(next: Promise<CommandOutcome>): Promise<void> {
    try {
      this.#proceed(await next);
    } catch (error) {
      this.#fail(error);
    }
  }

  #reply(outcome: Exclude<CommandOutcome, Holding>): EasResponse {
    if (outcome.kind === "document") return wbxmlReply(encodeAnswer(outcome.document), this.#headers);
    if (outcome.kind === "empty") return emptyReply(this.#headers);
    if (outcome.kind === "common-status") return this.#commonStatus(outcome.status);
    if (outcome.kind === "unavailable") return this.#unavailable(outcome.error);
    return streamedReply(outcome, this.#headers);
  }

  #fail(error: unknown): void {
    if (isUnavailable(error)) {
      this.#pending.answer(this.#unavailable(error));
      return;
    }
    const { device } = this.#context;
    const command = this.#command.name;
    logHttp("%s of %s %s failed: %O", command, device.user, device.id, error);
    this.#parts.tell("requestFailed", () => ({ error, device, command }));
    this.#pending.answer(this.#commonStatus(CommonStatus.ServerError));
  }

  #unavailable(error: unknown): EasResponse {
    logHttp("%s of %s: unavailable: %O", this.#command.name, this.#context.device.user, error);
    this.#parts.tell("sourceFailed", () => ({ error, call: "request" }));
    return unavailableReply(this.#parts.options.retryAfterSeconds);
  }

  #commonStatus(status: number): EasResponse {
    return commonStatusReply(status, {
      version: this.#context.device.version,
      place: this.#command,
      hadPolicyKey: this.#pending.hadPolicyKey,
      retryAfterSeconds: this.#parts.options.retryAfterSeconds,
    });
  }
}
