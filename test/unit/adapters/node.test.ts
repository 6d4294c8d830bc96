import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type NodeHandler, toNodeHandler } from "../../../src/adapters/node.js";
import type { DirectPush } from "../../../src/direct-push.js";
import { readBody } from "../../../src/http/body.js";
import type { ClientGone, EasRequest, EasResponse, Respond } from "../../../src/http/exchange.js";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

type Serve = (request: EasRequest, respond: Respond) => ClientGone;

const empty = (status: number, more: Partial<EasResponse> = {}): EasResponse => ({
  status,
  headers: { "content-length": "0" },
  body: null,
  ...more,
});

async function listen(serve: Serve, wrap: (handler: NodeHandler) => NodeHandler = (handler) => handler) {
  const server: Server = createServer(wrap(toNodeHandler({ serve } as DirectPush)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUps.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { server, port: (server.address() as AddressInfo).port };
}

function open(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  cleanUps.push(() => socket.destroy());
  return socket;
}

async function textOf(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes("\r\n\r\n")) break;
  }
  return text;
}

const post = (length: number, body = "") =>
  `POST /Microsoft-Server-ActiveSync?Cmd=Ping HTTP/1.1\r\nHost: a\r\nX-Name: v\r\nContent-Length: ${length}\r\n\r\n${body}`;

describe("toNodeHandler", () => {
  it.each<[string, (socket: Socket) => unknown, string]>([
    ["closed", (socket) => socket.destroy(), "closed"],
    ["half-closed", (socket) => socket.end(), "closed"],
    ["reset", (socket) => socket.resetAndDestroy(), "reset"],
  ])("tells how the client went away whose connection was %s", async (_name, leave, expected) => {
    let held: (() => void) | undefined;
    const isHeld = new Promise<void>((resolve) => {
      held = resolve;
    });
    const { port } = await listen((request) => {
      void readBody(request, 100).then(() => held?.());
      return (how) => tell?.(how);
    });
    let tell: ((how: unknown) => void) | undefined;
    const told = new Promise((resolve) => {
      tell = resolve;
    });
    const socket = open(port);
    socket.write(post(2, "hi"));
    await isHeld;
    leave(socket);
    expect(await told).toBe(expected);
  });

  it("hands the request over and sends the answer", async () => {
    let seen: EasRequest | undefined;
    const { port } = await listen((request, respond) => {
      seen = request;
      void readBody(request, 100).then((body) => {
        const bytes = body.kind === "body" ? body.bytes : undefined;
        respond({ status: 200, headers: { "content-length": "3", "x-a": "b" }, body: bytes ?? null });
      });
      return () => {};
    });
    const answer = await fetch(`http://127.0.0.1:${port}/Microsoft-Server-ActiveSync?Cmd=%C3%A4`, {
      method: "POST",
      body: "abc",
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-a")).toBe("b");
    expect(await answer.text()).toBe("abc");
    expect(seen).toMatchObject({
      method: "POST",
      url: "/Microsoft-Server-ActiveSync?Cmd=%C3%A4",
      remoteAddress: "127.0.0.1",
    });
    expect(seen?.headers["content-length"]).toBe("3");
  });

  it("sends an empty body with its length, and the reason of 449", async () => {
    const { port } = await listen((_, respond) => {
      respond(empty(449, { reason: "Retry after sending a PROVISION command" }));
      return () => {};
    });
    const socket = open(port);
    socket.write(post(0));
    const text = await textOf(socket);
    expect(text).toMatch(/^HTTP\/1\.1 449 Retry after sending a PROVISION command\r\n/);
    expect(text).toMatch(/content-length: 0\r\n/i);
  });

  it("writes a short answer and its head to the connection in one piece, whatever its bytes", async () => {
    const body = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const { port, server } = await listen((_, respond) => {
      respond({ status: 200, headers: { "content-length": "256" }, body });
      return () => {};
    });
    const pieces: unknown[] = [];
    server.on("connection", (connection: Socket) => {
      const write = connection.write.bind(connection) as (...args: unknown[]) => boolean;
      connection.write = (...args: unknown[]) => {
        pieces.push(args[0]);
        return write(...args);
      };
    });
    for (let request = 1; request <= 2; request += 1) {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST" });
      expect(new Uint8Array(await answer.arrayBuffer())).toEqual(body);
      expect(pieces).toHaveLength(request);
    }
  });

  it("answers requests that were sent together in their order, whichever is answered first", async () => {
    const answerOf = (text: string): EasResponse => ({
      status: 200,
      headers: { "content-length": String(text.length) },
      body: new TextEncoder().encode(text),
    });
    let respondFirst: Respond | undefined;
    const { port } = await listen((_, respond) => {
      if (respondFirst === undefined) respondFirst = respond;
      else {
        respond(answerOf("second"));
        respondFirst(answerOf("first"));
      }
      return () => {};
    });
    const socket = open(port);
    socket.write(post(0) + post(0));
    let text = "";
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.endsWith("second")) break;
    }
    expect(text).toMatch(/^HTTP\/1\.1 200.*\r\n\r\nfirstHTTP\/1\.1 200.*\r\n\r\nsecond$/s);
  });

  it.each(["destroy", "resetAndDestroy", "end"] as const)(
    "tells when the client leaves by %s",
    async (leave) => {
      let isGone: (() => void) | undefined;
      const gone = new Promise<void>((resolve) => {
        isGone = resolve;
      });
      let isRead: (() => void) | undefined;
      const read = new Promise<void>((resolve) => {
        isRead = resolve;
      });
      const { port } = await listen((request) => {
        void readBody(request, 100).then(() => isRead?.());
        return () => isGone?.();
      });
      const socket = open(port);
      socket.write(post(3, "abc"));
      await read;
      socket[leave]();
      await gone;
    },
  );

  it("does not take the end of the body for a client that leaves, nor the answer", async () => {
    let gones = 0;
    const { port } = await listen((request, respond) => {
      void readBody(request, 100).then(() => setImmediate(() => respond(empty(200))));
      return () => {
        gones += 1;
      };
    });
    for (let round = 0; round < 3; round += 1) {
      expect((await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "abc" })).status).toBe(200);
    }
    expect(gones).toBe(0);
  });

  it("tells of a client that left before the handler was reached", async () => {
    let isGone: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      isGone = resolve;
    });
    const { port } = await listen(
      () => () => isGone?.(),
      (handler) => (request, response) => {
        response.on("close", () => setImmediate(() => handler(request, response)));
      },
    );
    const socket = open(port);
    socket.write(post(0), () => setTimeout(() => socket.destroy(), 20));
    await gone;
  });

  it("outlives the server's idle timeout", async () => {
    const { port, server } = await listen((_, respond) => {
      setTimeout(() => respond(empty(200)), 120);
      return () => {};
    });
    server.timeout = 30;
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: "POST" })).status).toBe(200);
  });

  it("lets a client read the refusal of a body that it is still sending, and go on", async () => {
    const { port } = await listen((request, respond) => {
      void readBody(request, 1_000).then(({ kind }) => respond(empty(kind === "too-large" ? 413 : 200)));
      return () => {};
    });
    const socket = open(port);
    const mebibyte = "x".repeat(1_048_576);
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n${mebibyte}\r\n`);
    const [first] = await once(socket, "data");
    expect(String(first)).toMatch(/^HTTP\/1\.1 413 /);
    socket.write(`100000\r\n${mebibyte}\r\n0\r\n\r\n${post(3, "abc")}`);
    const [second] = await once(socket, "data");
    expect(String(second)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("takes the bytes that a parser left, and the URL before it was mounted", async () => {
    const bodies: unknown[] = [];
    const { port } = await listen(
      (request, respond) => {
        bodies.push(request.body, request.url);
        respond(empty(200));
        return () => {};
      },
      (handler) => (request, response) => {
        const parsed = Object.assign(request, { body: Buffer.from("parsed"), originalUrl: "/eas/x?y" });
        handler(parsed, response);
      },
    );
    await fetch(`http://127.0.0.1:${port}/x?y`, { method: "POST", body: "abc" });
    expect(bodies).toEqual([Buffer.from("parsed"), "/eas/x?y"]);
  });

  it.each([
    ["a body", "abc", "failed"],
    ["an empty body", "", "body"],
  ])("ends at once where another reader took %s", async (_, body, expected) => {
    const results: unknown[] = [];
    const { port } = await listen(
      (request, respond) => {
        void readBody(request, 100).then((result) => {
          results.push(result);
          respond(empty(200));
        });
        return () => {};
      },
      (handler) => async (request, response) => {
        for await (const _ of request.iterator({ destroyOnReturn: false }));
        handler(Object.assign(request, { body: "text" }), response);
      },
    );
    const headers = { "content-length": String(body.length) };
    await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body, headers });
    expect(results).toMatchObject([
      expected === "failed" ? { kind: "failed", error: { code: "ERR_BODY_CONSUMED" } } : { kind: "body" },
    ]);
  });

  it("keeps headers and drops their raw form once the body was read", async () => {
    let request: EasRequest | undefined;
    const { port } = await listen((seen, respond) => {
      request = seen;
      void readBody(seen, 100).then(() => setImmediate(() => respond(empty(200))));
      return () => {};
    });
    await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "abc", headers: { "x-name": "v" } });
    expect(request?.raw).toMatchObject({ rawHeaders: [], headers: { "x-name": "v" } });
  });

  it("speaks HTTP/2: no `connection` header, and a cancelled stream is a client that left", async () => {
    let isGone: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      isGone = resolve;
    });
    const serve: Serve = (request, respond) => {
      void readBody(request, 100).then(() => {
        if (request.url === "/answer")
          respond(empty(200, { headers: { "content-length": "0", connection: "close" } }));
      });
      return () => isGone?.();
    };
    const server = createHttp2Server(toNodeHandler({ serve } as DirectPush));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanUps.push(
      () => session.destroy(),
      () => server.close(),
    );
    const answered = session.request({ ":method": "POST", ":path": "/answer" });
    answered.end("abc");
    const [headers] = await once(answered, "response");
    expect(headers).toMatchObject({ ":status": 200, "content-length": "0" });
    const held = session.request({ ":method": "POST", ":path": "/held" });
    held.on("error", () => {});
    held.end("abc");
    await once(answered, "close").catch(() => undefined);
    setTimeout(() => held.close(8), 20);
    await gone;
  });
});
