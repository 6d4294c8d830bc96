import { setMaxListeners } from "node:events";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { type Clock, systemClock } from "../../clock.js";
import { encode } from "../../wbxml/index.js";
import { authorizationHeader, type ClientAuthorization, canRenew } from "./authorization.js";
import { Cookies } from "./cookies.js";
import type { EasCall, EasResult, EasTransport } from "./eas-transport.js";
import { endpointUrl } from "./endpoint-url.js";
import { exchangeHttp, type HttpRequest, type HttpResult } from "./http-exchange.js";
import { readAnswer } from "./read-answer.js";
import { redirectedUrl } from "./redirection.js";

/** Who a device is on the wire ([MS-ASHTTP] 2.2.1.1.1.2). */
export interface ClientDevice {
  /** 1 to 32 letters and digits, unique for each device and the same for ever. */
  readonly id: string;
  /** Free text such as `SP`; the same for ever. */
  readonly type: string;
  /** Default: `type` and `/1.0`. */
  readonly userAgent?: string;
}

/** What an {@link HttpTransport} needs to know. */
export interface HttpTransportOptions {
  /** `https://HOST/Microsoft-Server-ActiveSync`; a URL without a path gets that one. */
  readonly url: string | URL;
  /** As the user logs in: `alice@example.com`, `DOMAIN\alice` or `alice`. */
  readonly user: string;
  readonly authorization: ClientAuthorization;
  readonly device: ClientDevice;
  /** Certificates, keys and the like: `{ ca }` for a server that signed its own. */
  readonly tls?: ConnectionOptions;
  /** Milliseconds until a connection must stand. Default 20,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds until an ordinary request must be answered, and from one piece of an answer to the next. Default 120,000. */
  readonly answerTimeoutMs?: number;
  /** Seconds beyond `holdSeconds` until a held request counts as silent. Default 20. */
  readonly holdMarginSeconds?: number;
  /**
   * TCP keep-alive probes after so many idle seconds. Default: none, as on phones. They keep a network from forgetting a held request, and
   * the radio awake.
   */
  readonly tcpKeepAliveSeconds?: number;
  /** Longest answer in bytes, as sent and unpacked. Default 20 MiB. */
  readonly maxAnswerBytes?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

const maxRedirections = 3;
/** An idle connection is not used again after so long: networks forget them in silence. */
const idleConnectionMs = 15_000;
/** A connection that was closed while idle shows it in the first round trip. */
const staleSeconds = 2;
const maxStaleConnections = 8;
/** Sent twice, these may deliver twice. */
const unrepeatable: ReadonlySet<string> = new Set(["SendMail", "SmartForward", "SmartReply"]);

/**
 * Requests over node:http and node:https, so that no limit of `fetch` cuts a held one. Connections are kept and used again; as many are
 * opened as there are requests under way. Follows HTTP 451 up to three times ([MS-ASHTTP] 2.2.2.1.1), returns cookies, and reads gzip.
 *
 * @throws DirectPushError `ERR_OPTION_INVALID` from the constructor when the URL is none of http or https, or holds a password.
 */
export class HttpTransport implements EasTransport {
  readonly #options: HttpTransportOptions;
  readonly #clock: Clock;
  readonly #cookies = new Cookies();
  readonly #closing = new AbortController();
  readonly #agents: { readonly "http:": HttpAgent; readonly "https:": HttpsAgent };
  #url: URL;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#url = endpointUrl(options.url);
    // One listener for each request under way, and a probe has dozens.
    setMaxListeners(0, this.#closing.signal);
    this.#agents = {
      "http:": new HttpAgent(agentOptions),
      "https:": new HttpsAgent({ ...options.tls, ...agentOptions }),
    };
  }

  get url(): string {
    return this.#url.href;
  }

  async send(call: EasCall): Promise<EasResult> {
    let wasRefused = false;
    for (let redirections = 0; ; ) {
      const from = this.#url;
      const result = await this.#exchange(call, from, wasRefused);
      if (result.kind !== "answered") return result.kind === "cut" ? cutOf(result) : result;
      this.#cookies.take(result.setCookies, this.#clock.now());
      if (result.status === 401 && !wasRefused && canRenew(this.#options.authorization)) {
        wasRefused = true;
        continue;
      }
      const to = result.status === 451 ? redirectedUrl(from, result.headers["x-ms-location"]) : undefined;
      if (to === undefined || redirections === maxRedirections)
        return await readAnswer(result, this.#maxAnswerBytes);
      if (to.host !== from.host) this.#cookies.clear();
      this.#url = to;
      redirections += 1;
    }
  }

  disconnect(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  close(): void {
    this.#closing.abort();
    this.disconnect();
  }

  async #exchange(call: EasCall, url: URL, wasRefused: boolean): Promise<HttpResult> {
    const request = await this.#request(call, url, wasRefused).catch((error: unknown) => asError(error));
    if (request instanceof Error) return { kind: "unreachable", error: request };
    for (let stale = 0; ; stale++) {
      const result = await exchangeHttp(request);
      const wasStale = result.kind === "cut" && result.wasReused && result.afterSeconds < staleSeconds;
      if (!wasStale || stale === maxStaleConnections || unrepeatable.has(call.command)) return result;
    }
  }

  async #request(call: EasCall, url: URL, wasRefused: boolean): Promise<HttpRequest> {
    const { connectTimeoutMs = 20_000, answerTimeoutMs = 120_000, holdMarginSeconds = 20 } = this.#options;
    const body = call.document === undefined ? noBytes : encode(call.document);
    const isOptions = call.command === "OPTIONS";
    const target = new URL(url);
    if (!isOptions) target.search = this.#query(call.command);
    const hold = call.holdSeconds ?? 0;
    return {
      method: isOptions ? "OPTIONS" : "POST",
      url: target,
      headers: await this.#headers(call, body, wasRefused),
      body,
      agent: this.#agents[url.protocol === "https:" ? "https:" : "http:"],
      clock: this.#clock,
      connectTimeoutMs,
      answerTimeoutMs: hold > 0 ? (hold + holdMarginSeconds) * 1000 : answerTimeoutMs,
      pieceTimeoutMs: answerTimeoutMs,
      maxAnswerBytes: this.#maxAnswerBytes,
      tcpKeepAliveSeconds: this.#options.tcpKeepAliveSeconds,
      signals: [this.#closing.signal, ...(call.signal === undefined ? [] : [call.signal])],
    };
  }

  #query(command: string): string {
    const { user, device } = this.#options;
    const parameters = { Cmd: command, User: user, DeviceId: device.id, DeviceType: device.type };
    return Object.entries(parameters)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join("&");
  }

  async #headers(call: EasCall, body: Uint8Array, wasRefused: boolean): Promise<Record<string, string>> {
    const { user, authorization, device } = this.#options;
    const { command, version, policyKey } = call;
    const proof = await authorizationHeader(user, authorization, wasRefused);
    const cookie = this.#cookies.header();
    return {
      "user-agent": device.userAgent ?? `${device.type}/1.0`,
      "accept-encoding": "gzip",
      "content-length": String(body.length),
      ...(body.length > 0 && { "content-type": "application/vnd.ms-sync.wbxml" }),
      ...(proof !== undefined && { authorization: proof }),
      ...(cookie !== undefined && { cookie }),
      ...(version !== undefined && command !== "OPTIONS" && { "ms-asprotocolversion": version }),
      ...(policyKey !== undefined && !keyless.has(command) && { "x-ms-policykey": policyKey }),
    };
  }

  get #maxAnswerBytes(): number {
    return this.#options.maxAnswerBytes ?? 20 * 1024 * 1024;
  }
}

const agentOptions = { keepAlive: true, keepAliveMsecs: 60_000, timeout: idleConnectionMs };
const keyless: ReadonlySet<string> = new Set(["OPTIONS", "Ping"]);
const noBytes = new Uint8Array(0);

function cutOf({ kind, error, afterSeconds }: HttpResult & { kind: "cut" }): EasResult {
  return { kind, error, afterSeconds };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
