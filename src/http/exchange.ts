/** One HTTP request, whatever server received it. */
export interface EasRequest<Raw = unknown> {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it arrives, or as bytes when the host has read it. The core reads it, under its own size limit. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** The peer's address as the host knows it; undefined when it does not. */
  readonly remoteAddress: string | undefined;
  /** Whether the host took it over TLS; undefined when it does not know. */
  readonly secure?: boolean;
  /** The host's own request object, for the hooks. */
  readonly raw: Raw;
}

/** The answer to an {@link EasRequest}. */
export interface EasResponse {
  readonly status: number;
  /** The reason phrase where HTTP has none for the status (449); for hosts that can send one. */
  readonly reason?: string;
  /** Names in lower case; `content-length` is always there. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Null for a body of zero bytes. What is long comes as a stream of exactly `content-length` bytes: whoever sends it iterates it once, to its end or
   * until it calls the iterator's `return`. Where it throws, the connection is to be cut, for the client must not take what it has for the whole.
   */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
}

/** Takes the answer; called exactly once for each request, unless the client went away first. */
export type Respond = (response: EasResponse) => void;

/**
 * How the connection of a client ended that went away, as far as the host knows. `closed`: by either side, in good order. `reset`: torn down by
 * an RST. `timed-out`: the kernel gave up on it, because nothing answered its keep-alive probes.
 */
export type ConnectionEnd = "closed" | "reset" | "timed-out";

/**
 * Tells the core that the client went away before the answer. Calling it later, or twice, does nothing.
 * On Node the one reliable sign is `close` of the response while `writableEnded` is false.
 *
 * @param how `closed` by default.
 */
export type ClientGone = (how?: ConnectionEnd) => void;
