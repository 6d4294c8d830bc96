import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { Clock, ClockTimer } from "../../clock.js";
import { DirectPushError } from "../../errors.js";

/** A request as it goes onto the wire, and how long each part of it may take. */
export interface HttpRequest {
  readonly method: "POST" | "OPTIONS";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly agent: Agent;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  /** From the connection to the first byte of the answer. */
  readonly answerTimeoutMs: number;
  /** From one piece of the answer to the next. */
  readonly pieceTimeoutMs: number;
  readonly maxAnswerBytes: number;
  /** TCP keep-alive probes after so many idle seconds; undefined for none. */
  readonly tcpKeepAliveSeconds: number | undefined;
  readonly signals: readonly AbortSignal[];
}

/** What became of it. */
export type HttpResult =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly setCookies: readonly string[];
      readonly body: Buffer;
      readonly afterSeconds: number;
    }
  /** `wasReused`: the connection had carried a request before, and may have been closed before this one was sent. */
  | {
      readonly kind: "cut";
      readonly error: Error;
      readonly afterSeconds: number;
      readonly wasReused: boolean;
    }
  | { readonly kind: "silent"; readonly afterSeconds: number }
  | { readonly kind: "unreachable"; readonly error: Error }
  | { readonly kind: "aborted"; readonly afterSeconds: number };

/** Sends a request and waits for what becomes of it. Never rejects, and leaves neither a timer nor a listener behind. */
export function exchangeHttp(request: HttpRequest): Promise<HttpResult> {
  return new Promise((resolve) => new HttpExchange(request, resolve).start());
}

class HttpExchange {
  readonly #request: HttpRequest;
  readonly #resolve: (result: HttpResult) => void;
  readonly #onAbort = (): void => this.#end({ kind: "aborted", afterSeconds: this.#seconds() });
  #outgoing: ClientRequest | undefined;
  #timer: ClockTimer | undefined;
  #connectedAtMs: number | undefined;
  #isOver = false;

  constructor(request: HttpRequest, resolve: (result: HttpResult) => void) {
    this.#request = request;
    this.#resolve = resolve;
  }

  start(): void {
    const { url, method, headers, agent, body, signals, connectTimeoutMs } = this.#request;
    if (signals.some(({ aborted }) => aborted)) {
      this.#onAbort();
      return;
    }
    for (const signal of signals) signal.addEventListener("abort", this.#onAbort);
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const outgoing = send(url, { method, headers: { ...headers }, agent });
    this.#outgoing = outgoing;
    this.#wait(connectTimeoutMs, () => {
      this.#end({ kind: "unreachable", error: new Error(`no connection within ${connectTimeoutMs} ms`) });
    });
    outgoing.on("socket", (socket) => this.#takeSocket(socket, outgoing.reusedSocket));
    outgoing.on("response", (incoming) => this.#read(incoming));
    outgoing.on("error", (error) => this.#fail(error));
    outgoing.end(body);
  }

  #takeSocket(socket: Socket, isReused: boolean): void {
    // Node's agent turns probes on, one each second: they drain a battery and hide that the network forgets the connection.
    const { tcpKeepAliveSeconds, url } = this.#request;
    socket.setKeepAlive(tcpKeepAliveSeconds !== undefined, (tcpKeepAliveSeconds ?? 0) * 1000);
    if (isReused) this.#connected();
    else socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => this.#connected());
  }

  #connected(): void {
    if (this.#isOver) return;
    this.#connectedAtMs = this.#request.clock.monotonicNow();
    this.#wait(this.#request.answerTimeoutMs, () => this.#giveUp());
  }

  #giveUp(): void {
    this.#end({ kind: "silent", afterSeconds: this.#seconds() });
  }

  #read(incoming: IncomingMessage): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const { pieceTimeoutMs, maxAnswerBytes } = this.#request;
    this.#wait(pieceTimeoutMs, () => this.#giveUp());
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) {
        const message = `the answer is longer than ${maxAnswerBytes} bytes`;
        this.#fail(new DirectPushError("ERR_WBXML_LIMIT", message));
        return;
      }
      chunks.push(chunk);
      this.#wait(pieceTimeoutMs, () => this.#giveUp());
    });
    incoming.on("error", (error) => this.#fail(error));
    incoming.on("end", () => {
      this.#end({
        kind: "answered",
        status: incoming.statusCode ?? 0,
        headers: flatHeaders(incoming),
        setCookies: incoming.headers["set-cookie"] ?? [],
        body: Buffer.concat(chunks),
        afterSeconds: this.#seconds(),
      });
    });
  }

  #fail(error: Error): void {
    const wasReused = this.#outgoing?.reusedSocket === true;
    const isConnected = this.#connectedAtMs !== undefined;
    this.#end(
      isConnected
        ? { kind: "cut", error, afterSeconds: this.#seconds(), wasReused }
        : { kind: "unreachable", error },
    );
  }

  #end(result: HttpResult): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#timer !== undefined) this.#request.clock.clearTimer(this.#timer);
    for (const signal of this.#request.signals) signal.removeEventListener("abort", this.#onAbort);
    if (result.kind !== "answered") this.#outgoing?.destroy();
    this.#resolve(result);
  }

  /** The one timer: what is waited for now replaces what was waited for before. */
  #wait(delayMs: number, callback: () => void): void {
    const { clock } = this.#request;
    if (this.#timer !== undefined) clock.clearTimer(this.#timer);
    this.#timer = this.#isOver ? undefined : clock.setTimer(callback, delayMs);
  }

  #seconds(): number {
    const sinceMs = this.#connectedAtMs;
    return sinceMs === undefined ? 0 : (this.#request.clock.monotonicNow() - sinceMs) / 1000;
  }
}

function flatHeaders(incoming: IncomingMessage): Record<string, string> {
  const entries = Object.entries(incoming.headersDistinct);
  return Object.fromEntries(entries.map(([name, values]) => [name, (values ?? []).join(", ")]));
}
