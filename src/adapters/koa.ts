import type { DirectPush } from "../direct-push.js";
import { type FrameworkTraces, fromNode, type NodeRequest, type NodeResponse, serveNode } from "./node.js";

/** What is needed of Koa's context. */
export interface KoaContext {
  readonly req: NodeRequest & FrameworkTraces;
  readonly res: NodeResponse;
  /** As the client sent it, before a mount path was cut off. */
  readonly originalUrl: string;
  readonly request: object;
  respond?: boolean | undefined;
}

/** A middleware of Koa 2 and 3. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>;

/**
 * The middleware for Koa. It answers the requests that are the server's, wherever it is mounted, and passes everything else on. Mount it before body
 * parsers, or after one that leaves a Buffer in `ctx.request.body`.
 */
export function toKoa(directPush: DirectPush): KoaMiddleware {
  return async (context, next) => {
    const { req, res, originalUrl } = context;
    if (!directPush.answers(originalUrl)) {
      await next();
      return;
    }
    // Koa would answer when this middleware returns; and what it keeps of a request until then is let go.
    context.respond = false;
    const parsed = (context.request as { readonly body?: unknown }).body;
    const easRequest = { ...fromNode(req), url: originalUrl };
    serveNode(
      directPush,
      parsed instanceof Uint8Array ? { ...easRequest, body: parsed } : easRequest,
      req,
      res,
    );
  };
}
