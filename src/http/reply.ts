import type { EasResponse } from "./exchange.js";
import { wbxmlContentType } from "./headers.js";

/** Headers that a reply adds to those it always has. */
export type ReplyHeaders = Readonly<Record<string, string>>;

/** `no-transform` keeps compressing middleware off: an empty answer that it touches is not empty any more. */
const cacheControl = "private, no-transform";

/** 200 with a WBXML document. */
export function wbxmlReply(body: Uint8Array, headers: ReplyHeaders = {}): EasResponse {
  return {
    status: 200,
    headers: {
      "content-type": wbxmlContentType,
      "content-length": String(body.length),
      "cache-control": cacheControl,
      ...headers,
    },
    body: body.length === 0 ? null : body,
  };
}

/** 200 with a body that is sent as it comes. */
export function streamReply(
  contentType: string,
  byteLength: number,
  chunks: AsyncIterable<Uint8Array>,
  headers: ReplyHeaders = {},
): EasResponse {
  return {
    status: 200,
    headers: {
      "content-type": contentType,
      "content-length": String(byteLength),
      "cache-control": cacheControl,
      ...headers,
    },
    body: byteLength === 0 ? null : chunks,
  };
}

/**
 * 200 with nothing: a Sync without changes. It has the WBXML type although it is empty, because iPhones repeat the request for ever when
 * something on the way gives it another type.
 */
export function emptyReply(headers: ReplyHeaders = {}): EasResponse {
  return wbxmlReply(new Uint8Array(0), headers);
}

/** A text, in UTF-8. */
export function textReply(status: number, contentType: string, text: string): EasResponse {
  const body = Buffer.from(text, "utf8");
  return {
    status,
    headers: {
      "content-type": `${contentType}; charset=utf-8`,
      "content-length": String(body.length),
      "cache-control": cacheControl,
    },
    body,
  };
}

/** An HTTP status without a body: nothing of what went wrong belongs on the wire. */
export function statusReply(status: number, headers: ReplyHeaders = {}): EasResponse {
  return {
    status,
    ...(status === 449 && { reason: "Retry after sending a PROVISION command" }),
    headers: { "content-length": "0", "cache-control": cacheControl, ...headers },
    body: null,
  };
}

/** 401 with its challenge. */
export function unauthorizedReply(challenge: string): EasResponse {
  return statusReply(401, { "www-authenticate": challenge });
}

/** The challenge for Basic; quotes and backslashes of the realm are escaped (RFC 9110, 5.6.4). */
export function basicChallenge(realm: string): string {
  return `Basic realm="${realm.replace(/["\\]/g, "\\$&")}"`;
}

/** 503: come back in a while ([MS-ASHTTP] 2.2.2.1.1). Never 401 for a fault of the server: phones would ask for the password. */
export function unavailableReply(retryAfterSeconds: number, headers: ReplyHeaders = {}): EasResponse {
  return statusReply(503, { "retry-after": String(retryAfterSeconds), ...headers });
}

/** 451: the mailbox is served at another URL ([MS-ASHTTP] 3.1.5.2.2). */
export function movedReply(url: string): EasResponse {
  return statusReply(451, { "x-ms-location": url });
}

/** The same answer with more headers. */
export function withHeaders(response: EasResponse, headers: ReplyHeaders): EasResponse {
  return { ...response, headers: { ...response.headers, ...headers } };
}
