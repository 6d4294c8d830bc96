import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { DirectPush } from "direct-push";
import { toExpress } from "direct-push/express";
import { toFastify } from "direct-push/fastify";
import { toHono } from "direct-push/hono";
import { toKoa } from "direct-push/koa";
import { toNodeHandler } from "direct-push/node";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";

/** What the bench runs on. */
export const hostNames = ["node:http", "express", "koa", "fastify", "hono"] as const;

/** A host of the bench. */
export type HostName = (typeof hostNames)[number];

/** Takes the host's raw request and response; the way each framework hands them out is what its own users would write. */
export type BareHandler = (req: IncomingMessage, res: ServerResponse) => void;

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4096, resolve));
  return portOf(server);
}

/** Starts a host that holds requests by itself, with nothing of this library in it. */
export async function startBare(host: HostName, handler: BareHandler): Promise<number> {
  switch (host) {
    case "node:http":
      return await listen(createServer(handler));
    case "express":
      return await listen(createServer(express().use((req, res) => handler(req, res))));
    case "koa": {
      const app = new Koa();
      app.use((context: Koa.Context) => {
        context.respond = false;
        handler(context.req, context.res);
      });
      return await listen(createServer(app.callback()));
    }
    case "fastify": {
      const app = fastify();
      app.removeAllContentTypeParsers();
      app.addContentTypeParser("*", (_request, _payload, done) => done(null));
      app.post("/*", (request, reply) => {
        reply.hijack();
        handler(request.raw, reply.raw);
      });
      await app.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
      return portOf(app.server as Server);
    }
    case "hono": {
      const app = new Hono<{ Bindings: { incoming: IncomingMessage; outgoing: ServerResponse } }>();
      app.post("*", (context) => {
        handler(context.env.incoming, context.env.outgoing);
        return RESPONSE_ALREADY_SENT;
      });
      return await new Promise((resolve) => {
        serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, (info) => resolve(info.port));
      });
    }
  }
}

/** Starts a host with the library mounted as its documentation says. */
export async function startMounted(host: HostName, directPush: DirectPush): Promise<number> {
  switch (host) {
    case "node:http":
      return await listen(createServer(toNodeHandler(directPush)));
    case "express":
      return await listen(createServer(express().use(toExpress(directPush))));
    case "koa": {
      const app = new Koa();
      app.use(toKoa(directPush));
      return await listen(createServer(app.callback()));
    }
    case "fastify": {
      const app = fastify();
      await app.register(toFastify(directPush));
      await app.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
      return portOf(app.server as Server);
    }
    case "hono": {
      const app = new Hono();
      app.use(toHono(directPush));
      return await new Promise((resolve) => {
        serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, (info) => resolve(info.port));
      });
    }
  }
}
