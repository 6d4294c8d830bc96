import type { DirectPush } from "../direct-push.js";
import { DirectPushError } from "../errors.js";
import type { ConnectionEnd, EasRequest, EasResponse } from "../http/exchange.js";
import { sendBytes } from "./send-bytes.js";
import { discard, sendStream } from "./send-stream.js";

/**
 * What is needed of a request of node:http, node:https, or node:http2 by way of its compatibility layer. Frameworks hand out such requests
 * as they are or keep them as `raw` or `req`.
 */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  rawHeaders: string[];
  readonly httpVersionMajor: number;
  readonly readableDidRead: boolean;
  readonly readableEnded: boolean;
  /** `encrypted`: of node:tls. */
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly encrypted?: boolean | undefined;
    /** What ended the connection, where it was an error. */
    readonly errored?: unknown;
  };
  /** HTTP/2 alone. */
  readonly stream?: {
    readonly errored?: unknown;
    readonly session?: { setTimeout(milliseconds: number): unknown } | undefined;
  };
  iterator(options: { destroyOnReturn: boolean }): AsyncIterable<unknown>;
  resume(): unknown;
}

/** What is needed of the response. */
export interface NodeResponse {
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  readonly destroyed?: boolean;
  /** Of the compatibility layer of HTTP/2, which has no `destroyed`. */
  readonly stream?: {
    readonly destroyed: boolean;
    readonly session?: { setTimeout(milliseconds: number): unknown } | undefined;
    /** Resets the stream with an error code of HTTP/2. */
    close(code: number): unknown;
  };
  /** Null while an earlier request of the connection is not answered yet. */
  readonly socket: { uncork(): unknown } | null;
  statusMessage: string;
  setTimeout(milliseconds: number): unknown;
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  end(): unknown;
  end(body: Uint8Array): unknown;
  /** False when what was written waits for the client: `drain` tells when it does not any more. */
  write(chunk: Uint8Array): boolean;
  write(text: string, encoding: "latin1"): boolean;
  /** Of HTTP/1: closes the connection. */
  destroy?(): unknown;
  on(event: "close" | "drain", listener: () => void): unknown;
}

/** A request listener of `http.createServer` and its like. */
export type NodeHandler = (request: NodeRequest & FrameworkTraces, response: NodeResponse) => void;

/** What a framework that ran before may have left on a request. */
export interface FrameworkTraces {
  /** The URL before a mount path was cut off it. */
  readonly originalUrl?: string | undefined;
  /** What a body parser made of the body. */
  readonly body?: unknown;
}

/** The listener for node:http, node:https and node:http2. Mount it at any path; the rest of the path is checked by the core. */
export function toNodeHandler(directPush: DirectPush): NodeHandler {
  return (request, response) => serveNode(directPush, fromNode(request), request, response);
}

/**
 * Serves one request on Node's own request and response: for adapters of frameworks that are built on them.
 *
 * @param easRequest made by {@link fromNode}, or with what the framework knows better.
 */
export function serveNode(
  directPush: DirectPush,
  easRequest: EasRequest,
  request: NodeRequest,
  response: NodeResponse,
): void {
  // The host's idle timeout would cut a held request; on HTTP/2 the session has one too.
  response.setTimeout(0);
  request.stream?.session?.setTimeout(0);
  const gone = directPush.serve(easRequest, (answer) => toNode(answer, request, response));
  // The one sign that holds on HTTP/1 and HTTP/2 alike: the request's own 'close' comes as soon as its body was read.
  // `on`, because `once` costs each held request a second function; being told twice does no harm.
  response.on("close", () => {
    if (!response.writableEnded) gone(connectionEnd(request));
  });
  // It went away while something before this handler was busy: 'close' will not come again.
  if (response.destroyed || response.stream?.destroyed) gone();
}

/** By the error that the connection was destroyed with, which Node keeps: no listener of our own is needed. */
function connectionEnd(request: NodeRequest): ConnectionEnd {
  const errored = request.httpVersionMajor >= 2 ? request.stream?.errored : request.socket.errored;
  const { code } = (errored ?? {}) as { readonly code?: unknown };
  if (code === "ETIMEDOUT") return "timed-out";
  return code === "ECONNRESET" || code === "EPIPE" ? "reset" : "closed";
}

/** Node's request as the core takes it. */
export function fromNode<Raw extends NodeRequest & FrameworkTraces>(request: Raw): EasRequest<Raw> {
  return {
    method: request.method ?? "",
    url: request.originalUrl ?? request.url ?? "",
    headers: request.headers,
    body: bodyOf(request),
    remoteAddress: request.socket.remoteAddress,
    secure: request.socket.encrypted === true,
    raw: request,
  };
}

/** Sends an answer on Node's response. */
export function toNode(answer: EasResponse, request: NodeRequest, response: NodeResponse): void {
  const { body } = answer;
  const isStream = body !== null && !(body instanceof Uint8Array);
  if (response.headersSent || response.writableEnded) {
    if (isStream) void discard(body[Symbol.asyncIterator]());
    return;
  }
  if (request.httpVersionMajor >= 2) {
    const { connection: _connection, ...headers } = answer.headers;
    response.writeHead(answer.status, headers);
  } else {
    if (answer.reason !== undefined) response.statusMessage = answer.reason;
    response.writeHead(answer.status, answer.headers);
  }
  if (isStream) void sendStream(body, response);
  else sendBytes(body, request.httpVersionMajor, response);
  // The rest of a body that was refused is read and dropped, or the client would never get to read the answer.
  if (!request.readableEnded) request.resume();
}

/** The bytes that a parser left, or the stream; where another reader took the stream, an error instead of a wait without end. */
function bodyOf(request: NodeRequest & FrameworkTraces): EasRequest["body"] {
  if (request.body instanceof Uint8Array) return request.body;
  if (!request.readableDidRead) return { [Symbol.asyncIterator]: () => readToEnd(request) };
  if (!announcesBody(request)) return new Uint8Array(0);
  return { [Symbol.asyncIterator]: consumedBody };
}

async function* readToEnd(request: NodeRequest): AsyncGenerator<Uint8Array> {
  // Destroying the request where the core stops reading would take its answer along.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!(chunk instanceof Uint8Array)) throw consumed("a text encoding was set on the request");
    yield chunk;
  }
  // Nobody needs it once `headers` was made of it, and a held request would keep it.
  if (request.httpVersionMajor === 1) request.rawHeaders = [];
}

// biome-ignore lint/correctness/useYield: a body that only fails
async function* consumedBody(): AsyncGenerator<Uint8Array> {
  throw consumed("another reader took the body and left no Buffer in `body`");
}

function consumed(what: string): DirectPushError {
  return new DirectPushError("ERR_BODY_CONSUMED", `${what}: mount Direct Push before any body parser`);
}

function announcesBody({ headers }: NodeRequest): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}
