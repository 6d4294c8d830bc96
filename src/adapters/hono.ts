import type { MiddlewareHandler } from "hono";
import type { DirectPush } from "../direct-push.js";
import type { EasResponse } from "../http/exchange.js";
import { fromNode, type NodeRequest, type NodeResponse, serveNode } from "./node.js";
import { discard } from "./send-stream.js";

/** What `@hono/node-server` gives as bindings. */
interface NodeBindings {
  readonly incoming?: NodeRequest;
  readonly outgoing?: NodeResponse;
}

/**
 * The middleware for Hono. It answers the requests that are the server's, wherever it is mounted, and passes everything else on.
 *
 * On `@hono/node-server` it answers on Node's own response, which keeps a held request small. On other servers it answers with a `Response`,
 * and learns that the client went away from the request's signal, where the server has one that works.
 */
export function toHono(directPush: DirectPush): MiddlewareHandler {
  return async (context, next) => {
    const { incoming, outgoing } = (context.env ?? {}) as NodeBindings;
    const url = incoming?.url ?? context.req.url;
    if (!directPush.answers(url)) {
      await next();
      return;
    }
    if (incoming === undefined || outgoing === undefined)
      return await serveFetch(directPush, context.req.raw);
    serveNode(directPush, fromNode(incoming), incoming, outgoing);
    return await alreadySent();
  };
}

let sentElsewhere: Promise<Response> | undefined;

/**
 * What tells `@hono/node-server` that the answer goes another way. Its constant is made when its module loads; after the server was made that
 * is one of the stand-ins that the server puts in the place of the global Response, and those are sent like any other. A clone never is one.
 */
function alreadySent(): Promise<Response> {
  sentElsewhere ??= import("@hono/node-server/utils/response").then((it) => it.RESPONSE_ALREADY_SENT.clone());
  return sentElsewhere;
}

async function serveFetch(directPush: DirectPush, request: Request): Promise<Response> {
  const { status, headers, body } = await directPush.handle(
    {
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: request.body ?? new Uint8Array(0),
      remoteAddress: undefined,
      raw: request,
    },
    request.signal,
  );
  return new Response(bodyFor(status, body), { status, headers });
}

/** `Response` refuses a body, even an empty one, for statuses that have none. */
function bodyFor(
  status: number,
  body: EasResponse["body"],
): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null {
  if (body === null || status === 204 || status === 304) return null;
  return body instanceof Uint8Array ? Uint8Array.from(body) : readable(body[Symbol.asyncIterator]());
}

/** Reads a piece when one is asked for, and none ahead. */
function readable(chunks: AsyncIterator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const step = await chunks.next();
        if (step.done === true) controller.close();
        else controller.enqueue(step.value);
      },
      cancel: () => discard(chunks),
    },
    { highWaterMark: 0 },
  );
}
