/** Every host that the library mounts on, started with it mounted as the documentation says. */

import { createServer, type Server } from "node:http";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import fastifyCompress from "@fastify/compress";
import { createAdaptorServer } from "@hono/node-server";
import compression from "compression";
import express from "express";
import fastify from "fastify";
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

function expressHost(name: string, framework: typeof express): Host {
  return {
    name,
    before: ["compression", "raw-parser", "consuming-parser"],
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
    before: ["compression", "consuming-parser"],
    start: async (directPush, before) => {
      const app = new Framework();
      app.on("error", () => {});
      if (before.kind === "compression") app.use(koaCompress({ threshold: 0, filter: () => true }));
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

function fastifyHost(name: string, framework: typeof fastify, canCompress: boolean): Host {
  return {
    name,
    before: canCompress ? ["compression"] : [],
    start: async (directPush, before) => {
      const app = framework({ forceCloseConnections: false });
      if (before.kind === "compression") await app.register(fastifyCompress, { threshold: 0 });
      await app.register(toFastify(directPush));
      await app.listen({ port: 0, host: "127.0.0.1" });
      const { port } = app.server.address() as AddressInfo;
      return { port, protocol: "http", server: app.server as Server, close: () => app.close() };
    },
  };
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
    before: ["raw-parser", "consuming-parser"],
    start: async (directPush, before) => {
      const handler = toNodeHandler(directPush);
      const server = createServer(async (req, res) => {
        if (before.kind === "consuming-parser") await consume(req);
        if (before.kind === "raw-parser") {
          const chunks: Buffer[] = [];
          for await (const chunk of req) chunks.push(chunk as Buffer);
          Object.assign(req, { body: Buffer.concat(chunks) });
        }
        handler(req, res);
      });
      return await listen(server, directPush);
    },
  },
  {
    name: "node:https",
    before: [],
    start: (directPush) => listen(createTlsServer(tls, toNodeHandler(directPush)), directPush, "https"),
  },
  {
    name: "node:http2",
    before: [],
    start: (directPush) => listen(createSecureServer(tls, toNodeHandler(directPush)), directPush, "h2"),
  },
  expressHost("Express 4", require("express4") as typeof express),
  expressHost("Express 5", express),
  koaHost("Koa 2", require("koa2") as typeof Koa),
  koaHost("Koa 3", Koa),
  fastifyHost("Fastify 4", require("fastify4") as typeof fastify, false),
  fastifyHost("Fastify 5", fastify, true),
  honoHost(
    "Hono on node-server 1",
    (require("hono-node-server1") as { createAdaptorServer: typeof createAdaptorServer }).createAdaptorServer,
  ),
  honoHost("Hono on node-server 2", createAdaptorServer),
];
