import type { DirectPushError } from "../../errors.js";
import type { ProtocolVersion } from "../../protocol/version.js";
import type { WbxmlElement } from "../../wbxml/index.js";

/** One request of a device. */
export interface EasCall {
  /** `Ping`, `Sync` and so on, as in the query ([MS-ASHTTP] 2.2.1.1.1.2); `OPTIONS` for that method. */
  readonly command: string;
  /** MS-ASProtocolVersion; not sent with OPTIONS. */
  readonly version?: ProtocolVersion | undefined;
  /** X-MS-PolicyKey; no key goes with OPTIONS and Ping ([MS-ASPROV] 3.1.5.1). */
  readonly policyKey?: string | undefined;
  /** The body; undefined for a request without one. */
  readonly document?: WbxmlElement | undefined;
  /**
   * For how long the server may hold the request, in seconds: a heartbeat interval. The answer is waited for that long and a margin.
   * Default 0: an ordinary request.
   */
  readonly holdSeconds?: number | undefined;
  /** Aborts the request; the result is `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

/** Headers of an answer by their names in lower case; of those that came more than once, all values joined by commas. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** An answer, whatever its status. */
export interface EasAnswer {
  readonly kind: "answered";
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Undefined for an empty body, and for every status but 200. */
  readonly document: WbxmlElement | undefined;
  /** From the moment the connection stood until the whole answer was there. */
  readonly afterSeconds: number;
}

/** What became of a request. */
export type EasResult =
  | EasAnswer
  /** Status 200 with a body that is not WBXML: a captive portal or a wrong address. */
  | {
      readonly kind: "unreadable";
      readonly status: number;
      readonly headers: AnswerHeaders;
      /** An `ERR_WBXML_*` code. */
      readonly error: DirectPushError;
      readonly afterSeconds: number;
    }
  /** The connection was closed or reset after it stood and before the answer was whole. */
  | { readonly kind: "cut"; readonly error: Error; readonly afterSeconds: number }
  /** No answer, and no end of the connection, within the time that the call allows. */
  | { readonly kind: "silent"; readonly afterSeconds: number }
  /** No connection: an unknown name, a refused connection, TLS that failed, or nobody there within the time to connect. */
  | { readonly kind: "unreachable"; readonly error: Error }
  /** The call's signal, or the transport was closed. */
  | { readonly kind: "aborted"; readonly afterSeconds: number };

/** What carries requests to a server. {@link HttpTransport} is one; tests and other networks may have their own. */
export interface EasTransport {
  /** Where requests go at present: changes when the server sends the device elsewhere (HTTP 451). */
  readonly url: string;
  /** Sends one request. Never rejects; any number may be under way at once. */
  send(call: EasCall): Promise<EasResult>;
  /**
   * Closes the connections that stand, for the network that they went through is gone. What is under way ends as `cut`; later requests open new
   * ones.
   */
  disconnect(): void;
  /** Aborts what is under way and closes every connection. May be called twice. */
  close(): void;
}
