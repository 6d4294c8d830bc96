import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import { type AddressInfo, Server as NetServer } from "node:net";
import { fromNode, serveNode } from "../../adapters/node.js";
import type { DirectPush } from "../../direct-push.js";
import { clientAddress, trustedProxies } from "../../http/client-network.js";
import { type Certificate, readCertificate, watchCertificate } from "./certificate.js";
import { errorFields, type JsonLog } from "./json-log.js";
import type { ListenSettings } from "./settings.js";

/** Longer than proxies keep their connections, so that it is they who end them; phones ping again on the same connection. */
const KEEP_ALIVE_MS = 80_000;
/** For the head of a request; a phone's network may be slow. */
const HEADERS_MS = 60_000;
/** For a request with its body: 50 MB at 150 kB a second. It does not count while an answer is waited for. */
const REQUEST_MS = 330_000;
/** For what is still being sent when the port is closed. */
const LAST_ANSWERS_MS = 5_000;

/** How the port of the phones is opened. */
export interface PhonePortOptions {
  readonly listen: ListenSettings;
  readonly trustedProxies: readonly string[];
  readonly log: JsonLog;
  /** How often the certificate's files are looked at, in milliseconds. */
  readonly certificateEveryMs?: number;
}

/** Where phones come in. */
export interface PhonePort {
  readonly port: number;
  /**
   * From now on `/healthz` says that requests are to go elsewhere, and no new connection is taken. Those that are there are served: each ends
   * with its next answer.
   */
  stopTaking(): void;
  /** Ends the connections that have nothing to do, and soon the others. */
  close(): Promise<void>;
}

/** Opens the port of the phones. `/healthz` is for what balances load: 200, or 503 when this server is about to end. */
export async function openPhonePort(directPush: DirectPush, options: PhonePortOptions): Promise<PhonePort> {
  const { listen, log } = options;
  const proxies = trustedProxies(options.trustedProxies);
  let isEnding = false;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const url = request.url ?? "";
    if (isEnding) response.setHeader("connection", "close");
    if (url === "/healthz") answerHealth(response, isEnding);
    else if (!directPush.answers(url)) answerNothing(request, response);
    else {
      const easRequest = fromNode(request);
      const remoteAddress = clientAddress(easRequest.remoteAddress, easRequest.headers, proxies);
      serveNode(directPush, { ...easRequest, remoteAddress }, request, response);
    }
  };
  const { server, stopWatching } = createListener(onRequest, options);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  const { keepAliveSeconds } = listen;
  if (keepAliveSeconds !== undefined)
    server.on("connection", (socket) => socket.setKeepAlive(true, keepAliveSeconds * 1_000));
  await once(server.listen(listen.port, listen.host), "listening");
  server.on("error", (error) => log.write("error", "port-failed", errorFields(error)));
  let closed: Promise<unknown> | undefined;
  const stopTaking = (): void => {
    if (isEnding) return;
    isEnding = true;
    stopWatching();
    closed = once(server, "close");
    // HTTP's own way to close ends idle connections as well, of which a request may be on its way.
    NetServer.prototype.close.call(server);
  };
  return {
    port: (server.address() as AddressInfo).port,
    stopTaking,
    async close() {
      stopTaking();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

function createListener(
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
  { listen, log, certificateEveryMs }: PhonePortOptions,
): { readonly server: Server | SecureServer; stopWatching(): void } {
  const files = listen.certificate;
  if (files === undefined) return { server: createServer(onRequest), stopWatching: () => {} };
  const present = readCertificate(files);
  const server = createSecureServer(present, onRequest);
  const listener = {
    changed: (certificate: Certificate): void => {
      // Connections that are open go on with what they have.
      server.setSecureContext(certificate);
      log.write("info", "certificate-read", { certificate: files.certFile });
    },
    failed: (error: unknown): void =>
      log.write("warn", "certificate-unreadable", { certificate: files.certFile, ...errorFields(error) }),
  };
  return { server, stopWatching: watchCertificate(files, present, listener, certificateEveryMs) };
}

function answerHealth(response: ServerResponse, isEnding: boolean): void {
  const body = isEnding ? "ending\n" : "ok\n";
  const headers = {
    "content-type": "text/plain",
    "content-length": body.length,
    "cache-control": "no-store",
  };
  response.writeHead(isEnding ? 503 : 200, headers).end(body);
}

function answerNothing(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { "content-length": 0 }).end();
  request.resume();
}
