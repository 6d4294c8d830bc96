import type { MiddlewareHandler } from "hono";
import type { DirectPush } from "../direct-push.js";
import { isEndpoint, splitTarget } from "../http/endpoint.js";
import type { EasResponse } from "../http/exchange.js";
import { fromNode, type NodeRequest, type NodeResponse, serveNode } from "./node.js";

/** What `@hono/node-server` gives as bindings. */
interface NodeBindings {
  readonly incoming?: NodeRequest;
  readonly outgoing?: NodeResponse;
}

/**
 * The middleware for Hono. It answers requests for the endpoint, wherever it is mounted, and passes everything else on.
 *
 * On `@hono/node-server` it answers on Node's own response, which keeps a held request small. On other servers it answers with a `Response`,
 * and learns that the client went away from the request's signal, where the server has one that works.
 */
export function toHono(directPush: DirectPush): MiddlewareHandler {
  return async (context, next) => {
    const { incoming, outgoing } = (context.env ?? {}) as NodeBindings;
    const url = incoming?.url ?? context.req.url;
    if (!isEndpoint(splitTarget(url).path)) {
      await next();
      return;
    }
    if (incoming === undefined || outgoing === undefined)
      return await serveFetch(directPush, context.req.raw);
    serveNode(directPush, fromNode(incoming), incoming, outgoing);
    // Made by its own module: a Response made here would be one of the stand-ins that it puts in the place of the global one.
    return (await import("@hono/node-server/utils/response")).RESPONSE_ALREADY_SENT;
  };
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
function bodyFor(status: number, body: EasResponse["body"]): Uint8Array<ArrayBuffer> | null {
  return body === null || status === 204 || status === 304 ? null : Uint8Array.from(body);
}
