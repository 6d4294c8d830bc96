import type { DirectPush } from "../direct-push.js";
import type { ClientGone, EasRequest, EasResponse } from "../http/exchange.js";
import { decode, type WbxmlElement } from "../wbxml/index.js";

/** An answer, its body decoded. */
export interface DeviceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Undefined for an answer without a body. */
  readonly document: WbxmlElement | undefined;
}

/** A request that may be held. */
export interface DeviceExchange {
  /** Never settles when the device goes away first. */
  readonly answer: Promise<DeviceAnswer>;
  /** Whether the answer has come. */
  readonly isAnswered: boolean;
  /** The device goes away. */
  readonly gone: ClientGone;
}

/** Sends a request to a server without sockets. */
export function exchangeInProcess(
  directPush: Pick<DirectPush, "serve">,
  request: EasRequest,
): DeviceExchange {
  let isAnswered = false;
  let resolve: (answer: DeviceAnswer | Promise<DeviceAnswer>) => void;
  const answer = new Promise<DeviceAnswer>((settle) => {
    resolve = settle;
  });
  const gone = directPush.serve(request, (response) => {
    isAnswered = true;
    resolve(readAnswer(response));
  });
  return {
    answer,
    gone,
    get isAnswered() {
      return isAnswered;
    },
  };
}

function readAnswer({ status, headers, body }: EasResponse): DeviceAnswer | Promise<DeviceAnswer> {
  if (body === null || body instanceof Uint8Array) return answerOf(status, headers, body);
  return readToEnd(body).then((bytes) => answerOf(status, headers, bytes));
}

function answerOf(status: number, headers: EasResponse["headers"], body: Uint8Array | null): DeviceAnswer {
  const isWbxml = body !== null && headers["content-type"] === "application/vnd.ms-sync.wbxml";
  return { status, headers, body, document: isWbxml ? decode(body) : undefined };
}

async function readToEnd(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read);
}
