import type { DirectPush } from "../direct-push.js";
import { type FrameworkTraces, fromNode, type NodeRequest, type NodeResponse, serveNode } from "./node.js";

/** A middleware of Express 4 and 5. */
export type ExpressMiddleware = (
  request: NodeRequest & FrameworkTraces,
  response: NodeResponse,
  next: () => void,
) => void;

/**
 * The middleware for Express. It answers the requests that are the server's, wherever it is mounted, and passes everything else on. Mount it before
 * body parsers, or after one that leaves a Buffer in `req.body`.
 */
export function toExpress(directPush: DirectPush): ExpressMiddleware {
  return (request, response, next) => {
    const easRequest = fromNode(request);
    if (directPush.answers(easRequest.url)) serveNode(directPush, easRequest, request, response);
    else next();
  };
}
