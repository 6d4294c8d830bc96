/** Every host that the library mounts on, started with it mounted as the documentation says. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { createServer as createTlsServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import fastifyCompress from "@fastify/compress";
import { createAdaptorServer } from "@hono/node-server";
import compression from "compression";
import express from "express";
import fastify, { type FastifyInstance } from "fastify";
import { Hono } from "hono";
import { compress as honoCompress } from "hono/compress";
import Koa from "koa";
import koaCompress from "koa-compress";
import { toExpress } from "../../src/adapters/express.js";
import { toFastify } from "../../src/adapters/fastify.js";
import { toHono } from "../../src/adapters/hono.js";
import { toKoa } from "../../src/adapters/koa.js";
import { toNodeHandler } from "../../src/adapters/node.js";
import type { DirectPush } from "../../src/index.js";
import { certificate } from "./certificate.js";

const require = createRequire(import.meta.url);

/** What is put in front of the library on a host. */
export type Before =
  | { readonly kind: "nothing" }
  | { readonly kind: "compression" }
  /** A body parser that leaves a Buffer. */
  | { readonly kind: "raw-parser" }
  /** One that takes the body and leaves nothing of use. */
  | { readonly kind: "consuming-parser" };

/** A host that listens. */
export interface RunningHost {
  readonly port: number;
  readonly protocol: "http" | "https" | "h2";
  /** Node's server beneath, for its timeouts. */
  readonly server: Server | Http2SecureServer;
  /** Stops it as its own documentation says, with the library closed where no hook does it. */
  close(): Promise<void>;
}

/** How to start a host. */
export interface Host {
  readonly name: string;
  /** What can be put in front of the library here. */
  readonly before: readonly Before["kind"][];
  start(directPush: DirectPush, before: Before): Promise<RunningHost>;
}

type ListeningServer = Server | Http2SecureServer;

async function listen(
  server: ListeningServer,
  directPush: DirectPush,
  protocol: RunningHost["protocol"] = "http",
): Promise<RunningHost> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    await directPush.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: (server.address() as AddressInfo).port, protocol, server, close };
}

/** Reads the body as a parser would that knows nothing of this one. */
async function consume(request: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of request) void chunk;
}

/** Reads the body as a parser does that leaves it. */
async function read(request: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

type Http2Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;
type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/** The handler for node:http and its like, with what is before it. HTTP/2's compatibility layer is used like node:http. */
function nodeListener(directPush: DirectPush, before: Before): NodeListener {
  const handler = toNodeHandler(directPush);
  switch (before.kind) {
    case "nothing":
      return handler;
    case "compression": {
      const compress = compression({ threshold: 0, filter: () => true });
      return (request, response) =>
        compress(request as express.Request, response as express.Response, () => handler(request, response));
    }
    case "raw-parser":
      return async (request, response) => {
        handler(Object.assign(request, { body: await read(request) }), response);
      };
    case "consuming-parser":
      return async (request, response) => {
        await consume(request);
        handler(request, response);
      };
  }
}

const everything: Host["before"] = ["compression", "raw-parser", "consuming-parser"];

function expressHost(name: string, framework: typeof express): Host {
  return {
    name,
    before: everything,
    start: async (directPush, before) => {
      const app = framework();
      if (before.kind === "compression") app.use(compression({ threshold: 0, filter: () => true }));
      if (before.kind === "raw-parser") app.use(framework.raw({ type: () => true }));
      if (before.kind === "consuming-parser") app.use(framework.text({ type: () => true }));
      app.use(toExpress(directPush));
      return await listen(createServer(app), directPush);
    },
  };
}

function koaHost(name: string, Framework: typeof Koa): Host {
  return {
    name,
    before: everything,
    start: async (directPush, before) => {
      const app = new Framework();
      app.on("error", () => {});
      if (before.kind === "compression") app.use(koaCompress({ threshold: 0, filter: () => true }));
      if (before.kind === "raw-parser") {
        app.use(async (context, next) => {
          Object.assign(context.request, { body: await read(context.req) });
          await next();
        });
      }
      if (before.kind === "consuming-parser") {
        app.use(async (context, next) => {
          await consume(context.req);
          await next();
        });
      }
      app.use(toKoa(directPush));
      return await listen(createServer(app.callback()), directPush);
    },
  };
}

function fastifyHost(name: string, framework: typeof fastify): Host {
  return {
    name,
    before: everything,
    start: async (directPush, before) => {
      const app = framework({ forceCloseConnections: false });
      if (before.kind === "compression") await compressInFastify(app, framework === fastify);
      if (before.kind === "raw-parser") {
        app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
      }
      if (before.kind === "consuming-parser") app.addHook("onRequest", (request) => consume(request.raw));
      await app.register(toFastify(directPush));
      await app.listen({ port: 0, host: "127.0.0.1" });
      const { port } = app.server.address() as AddressInfo;
      return { port, protocol: "http", server: app.server as Server, close: () => app.close() };
    },
  };
}

/** The plugin of Fastify 5; what the one of Fastify 4 comes to, for that. */
async function compressInFastify(app: FastifyInstance, isNew: boolean): Promise<void> {
  if (isNew) {
    await app.register(fastifyCompress, { threshold: 0 });
    return;
  }
  app.addHook("onSend", async (_request, reply, payload) => {
    void reply.header("content-encoding", "gzip");
    return gzipSync(payload as string);
  });
}

function honoHost(name: string, create: typeof createAdaptorServer): Host {
  return {
    name,
    before: ["compression", "consuming-parser"],
    start: async (directPush, before) => {
      const app = new Hono();
      if (before.kind === "compression") app.use(honoCompress({ threshold: 0 }));
      if (before.kind === "consuming-parser") {
        app.use(async (context, next) => {
          await context.req.text();
          await next();
        });
      }
      app.use(toHono(directPush));
      return await listen(create({ fetch: app.fetch }) as Server, directPush);
    },
  };
}

const tls = await certificate();

/** All of them. */
export const hosts: readonly Host[] = [
  {
    name: "node:http",
    before: everything,
    start: (directPush, before) => listen(createServer(nodeListener(directPush, before)), directPush),
  },
  {
    name: "node:https",
    before: everything,
    start: (directPush, before) =>
      listen(createTlsServer(tls, nodeListener(directPush, before)), directPush, "https"),
  },
  {
    name: "node:http2",
    before: everything,
    start: (directPush, before) => {
      const listener = nodeListener(directPush, before) as unknown as Http2Listener;
      return listen(createSecureServer(tls, listener), directPush, "h2");
    },
  },
  expressHost("Express 4", require("express4") as typeof express),
  expressHost("Express 5", express),
  koaHost("Koa 2", require("koa2") as typeof Koa),
  koaHost("Koa 3", Koa),
  fastifyHost("Fastify 4", require("fastify4") as typeof fastify),
  fastifyHost("Fastify 5", fastify),
  honoHost(
    "Hono on node-server 1",
    (require("hono-node-server1") as { createAdaptorServer: typeof createAdaptorServer }).createAdaptorServer,
  ),
  honoHost("Hono on node-server 2", createAdaptorServer),
];
