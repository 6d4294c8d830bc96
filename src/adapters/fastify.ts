import type { FastifyInstance } from "fastify";
import type { DirectPush } from "../direct-push.js";
import { endpointPath } from "../http/endpoint.js";
import { fromNode, serveNode } from "./node.js";

/** A plugin of Fastify 4 and 5. */
export type FastifyPlugin = (app: FastifyInstance) => Promise<void>;

/**
 * The plugin for Fastify: `await app.register(toFastify(directPush))`, with a `prefix` if you like. It brings the endpoint's route, in any
 * letter case, and nothing else: its body parsing stays inside the plugin. Held requests are answered when the app closes.
 */
export function toFastify(directPush: DirectPush): FastifyPlugin {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const url of [anyCase(endpointPath), `${anyCase(endpointPath)}/`]) {
      app.all(url, { exposeHeadRoute: false }, (request, reply) => {
        // Answering on the raw response lets Fastify let go of the request while it is held.
        reply.hijack();
        const easRequest = { ...fromNode(request.raw), url: request.originalUrl };
        serveNode(directPush, easRequest, request.raw, reply.raw);
      });
    }
    // Later hooks would wait for the held requests.
    app.addHook("preClose", () => directPush.close());
  };
}

/** Fastify tells letter cases apart, phones do not: a parameter that matches the path's one segment in any case. */
function anyCase(path: string): string {
  const pattern = [...path.slice(1)].map((letter) =>
    /[a-z]/i.test(letter) ? `[${letter.toUpperCase()}${letter.toLowerCase()}]` : letter,
  );
  return `/:endpoint(^${pattern.join("")}$)`;
}
