import type { FastifyInstance } from "fastify";
import type { DirectPush } from "../direct-push.js";
import { autodiscoverPaths, endpointPath } from "../http/endpoint.js";
import { fromNode, serveNode } from "./node.js";

/** A plugin of Fastify 4 and 5. */
export type FastifyPlugin = (app: FastifyInstance) => Promise<void>;

/**
 * The plugin for Fastify: `await app.register(toFastify(directPush))`, with a `prefix` if you like. It brings the endpoint's route, and those of
 * Autodiscover where that is on, in any letter case, and nothing else: its body parsing stays inside the plugin. Held requests are answered when the app closes,
 * if they are not by then: Fastify refuses new requests from the beginning of that on, so call `directPush.close()` first where a drain takes long.
 */
export function toFastify(directPush: DirectPush): FastifyPlugin {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const url of routesOf(directPush).flatMap((route) => [route, `${route}/`])) {
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

function routesOf(directPush: DirectPush): readonly string[] {
  const endpoint = `/:endpoint(^${anyCase(endpointPath.slice(1))}$)`;
  if (!directPush.answers(autodiscoverPaths.xml)) return [endpoint];
  const [, folder = "", xml = ""] = autodiscoverPaths.xml.split("/");
  const [, , json = ""] = autodiscoverPaths.json.split("/");
  // One route for both: where patterns alone tell routes apart, Fastify takes them for the same.
  const either = `/:folder(^${anyCase(folder)}$)/:form(^(${anyCase(xml)}|${anyCase(json)})$)`;
  return [endpoint, either, `${either}/:version(^${anyCase("v1.0")}$)/:address`];
}

/** Fastify tells letter cases apart, phones do not: a pattern for a segment of a path. */
function anyCase(segment: string): string {
  const classes = [...segment].map((character) =>
    /[a-z]/i.test(character) ? `[${character.toUpperCase()}${character.toLowerCase()}]` : `[${character}]`,
  );
  return classes.join("");
}
