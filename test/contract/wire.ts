/** The phone's end of the line, as low as it goes: connections that can be broken in every way. */
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { RunningHost } from "./hosts.js";

/** Where to connect to. */
export interface WireTarget extends Pick<RunningHost, "port" | "protocol"> {
  /** Default `127.0.0.1`. */
  readonly address?: string;
}

/** A request as bytes to be. */
export interface WireRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Sends only so much of the body. */
  readonly bodyBytesSent?: number;
}

/** What came back. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An exchange that goes on. */
export interface WireExchange {
  /** Rejects when the connection ends without an answer. */
  readonly answer: Promise<WireAnswer>;
  /** Takes nothing more of the answer. */
  pause(): void;
  /** Leaves as a phone does that closes its socket. */
  fin(): void;
  /** Says that it sends no more and goes on listening; over HTTP/2, where a request ends so anyway, the same as `fin`. */
  halfClose(): void;
  /** Leaves as a phone does whose network resets it. */
  rst(): void;
}

/** Opens a connection of its own and sends a request. */
export async function send(host: WireTarget, request: WireRequest): Promise<WireExchange> {
  return host.protocol === "h2" ? sendHttp2(host, request) : await sendHttp1(host, request);
}

function headersOf(request: WireRequest): Record<string, string> {
  return {
    ...(request.body === undefined && request.method === "OPTIONS"
      ? {}
      : { "content-length": String(request.body?.length ?? 0) }),
    ...request.headers,
  };
}

async function sendHttp1(host: WireTarget, request: WireRequest): Promise<WireExchange> {
  const socket = await open(host);
  const headers = Object.entries({ host: "localhost", ...headersOf(request) });
  const head = `${request.method ?? "POST"} ${request.path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  const answer = readAnswer(socket);
  answer.catch(() => {});
  socket.write(head);
  if (request.body !== undefined) socket.write(request.body.subarray(0, request.bodyBytesSent));
  return {
    answer,
    pause: () => void socket.pause(),
    fin: () => void socket.destroy(),
    halfClose: () => void socket.end(),
    rst: () => void rawSocket(socket).resetAndDestroy(),
  };
}

function rawSocket(socket: Socket & { _parent?: Socket }): Socket {
  // A TLS socket cannot be reset; what carries it can.
  return socket._parent ?? socket;
}

function open(host: WireTarget): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const raw = connect({ port: host.port, host: host.address ?? "127.0.0.1" });
    raw.once("error", reject);
    if (host.protocol === "http") {
      raw.once("connect", () => resolve(raw));
      return;
    }
    const secured = connectTls({ socket: raw, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
    secured.once("error", reject);
    secured.once("secureConnect", () => resolve(Object.assign(secured, { _parent: raw })));
  });
}

function readAnswer(socket: Socket): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const answer = parse(received);
      if (answer !== undefined) resolve(answer);
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the connection ended without an answer")));
  });
}

/** An answer, once all of it is there. */
function parse(received: Buffer): WireAnswer | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [statusLine = "", ...lines] = received.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  const length = Number(headers["content-length"] ?? 0);
  const body = received.subarray(end + 4);
  if (headers["transfer-encoding"] === "chunked" ? !body.includes("0\r\n\r\n") : body.length < length)
    return undefined;
  return { status: Number(statusLine.split(" ")[1]), headers, body };
}

function sendHttp2(host: WireTarget, request: WireRequest): WireExchange {
  const session = connectHttp2(`https://127.0.0.1:${host.port}`, { rejectUnauthorized: false });
  session.on("error", () => {});
  const stream = session.request({
    ":method": request.method ?? "POST",
    ":path": request.path,
    ...headersOf(request),
  });
  const answer = new Promise<WireAnswer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let head: Record<string, string> = {};
    stream.on("response", (headers) => {
      head = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("end", () => {
      resolve({ status: Number(head[":status"]), headers: head, body: Buffer.concat(chunks) });
      session.close();
    });
    stream.on("close", () => {
      reject(new Error("the stream ended without an answer"));
      session.close();
    });
  });
  answer.catch(() => {});
  if (request.body !== undefined) stream.write(request.body.subarray(0, request.bodyBytesSent));
  if (request.bodyBytesSent === undefined) stream.end();
  return {
    answer,
    pause: () => void stream.pause(),
    fin: () => session.destroy(),
    halfClose: () => session.destroy(),
    rst: () => stream.close(8),
  };
}
