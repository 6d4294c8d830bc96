import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { HttpTransport, type HttpTransportOptions } from "../../../../src/client/index.js";
import { FakeClock } from "../../../../src/testing/index.js";
import { childText, element, encode, Ping, textElement } from "../../../../src/wbxml/index.js";
import { certificate } from "../../../contract/certificate.js";
import { until, within } from "../../../contract/deadline.js";
import { type Script, type ScriptedServer, scriptedServer } from "./scripted-server.js";

const document = element(Ping.Ping, [textElement(Ping.Status, 1)]);
const bytes = encode(document);
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

async function server(script: Script, tls?: { key: string; cert: string }): Promise<ScriptedServer> {
  const started = await scriptedServer(script, tls);
  opened.push(started);
  return started;
}

function transport(url: string, options: Partial<HttpTransportOptions> = {}): HttpTransport {
  const made = new HttpTransport({
    url,
    user: "EXAMPLE\\zoë",
    authorization: { kind: "basic", password: "pä:ss" },
    device: { id: "DEVICE1", type: "Test Phone" },
    ...options,
  });
  opened.push(made);
  return made;
}

/** Whether Linux will probe the connection from this local port, as `/proc/net/tcp` tells it, once all that was sent is acknowledged. */
async function settledTimer(localPort: number | undefined): Promise<string | undefined> {
  const names: Readonly<Record<string, string>> = { "00": "none", "02": "keep-alive" };
  const local = `:${(localPort ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  let timer: string | undefined;
  await until("what was sent to be acknowledged", () => {
    const lines = readFileSync("/proc/net/tcp", "latin1").split("\n");
    const fields = lines.map((line) => line.trim().split(/\s+/)).find(([, from]) => from?.endsWith(local));
    timer = names[fields?.[5]?.slice(0, 2) ?? ""];
    return timer !== undefined;
  });
  return timer;
}

const answering: Script = (_request, response) => response.end(bytes);
const ping = { command: "Ping", version: "16.1", document } as const;

describe("a request", () => {
  it("carries who asks, in the form of the specification", async () => {
    const { url, seen } = await server(answering);
    const result = await transport(url).send({ command: "Sync", version: "14.1", policyKey: "77", document });
    expect(result.kind === "answered" && childText(result.document, Ping.Status)).toBe("1");
    const [request] = seen;
    expect(request?.url).toBe(
      "/Microsoft-Server-ActiveSync?Cmd=Sync&User=EXAMPLE%5Czo%C3%AB&DeviceId=DEVICE1&DeviceType=Test%20Phone",
    );
    expect(request?.body).toEqual(Buffer.from(bytes));
    expect(request?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from("EXAMPLE\\zoë:pä:ss").toString("base64")}`,
      "content-type": "application/vnd.ms-sync.wbxml",
      "content-length": String(bytes.length),
      "ms-asprotocolversion": "14.1",
      "x-ms-policykey": "77",
      "user-agent": "Test Phone/1.0",
    });
  });

  it("sends no policy key with Ping, and neither key nor version with OPTIONS", async () => {
    const { url, seen } = await server(answering);
    const sender = transport(url);
    await sender.send({ ...ping, policyKey: "77" });
    await sender.send({ command: "OPTIONS", version: "16.1", policyKey: "77" });
    expect(seen.map(({ method }) => method)).toEqual(["POST", "OPTIONS"]);
    expect(seen[0]?.headers).not.toHaveProperty("x-ms-policykey");
    expect(seen[1]?.url).toBe("/Microsoft-Server-ActiveSync");
    expect(seen[1]?.headers).not.toHaveProperty("x-ms-policykey");
    expect(seen[1]?.headers).not.toHaveProperty("ms-asprotocolversion");
  });

  it("asks for the token each time, and is not sent when there is none", async () => {
    const { url, seen } = await server(answering);
    let count = 0;
    const token = async (): Promise<string> => {
      count += 1;
      if (count === 3) throw new Error("the refresh token is gone");
      return `t${count}`;
    };
    const sender = transport(url, { authorization: { kind: "bearer", token } });
    await sender.send(ping);
    await sender.send(ping);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer t1", "Bearer t2"]);
    expect(await sender.send(ping)).toMatchObject({
      kind: "unreachable",
      error: { message: "the refresh token is gone" },
    });
  });

  it("asks for another token once when the server refuses one", async () => {
    const { url, seen } = await server((request, response) =>
      response.writeHead(request.headers.authorization === "Bearer fresh" ? 200 : 401).end(),
    );
    const renewing = transport(url, {
      authorization: { kind: "bearer", token: (wasRefused) => (wasRefused ? "fresh" : "stale") },
    });
    expect(await renewing.send(ping)).toMatchObject({ kind: "answered", status: 200 });
    const stubborn = transport(url, { authorization: { kind: "custom", header: () => "Bearer stale" } });
    expect(await stubborn.send(ping)).toMatchObject({ kind: "answered", status: 401 });
    expect(await transport(url).send(ping)).toMatchObject({ kind: "answered", status: 401 });
    expect(seen).toHaveLength(5);
  });

  it("is cut by disconnecting, and later ones go over new connections", async () => {
    const { url, seen } = await server((_request, response, count) => {
      if (count === 2) response.end(bytes);
    });
    const sender = transport(url);
    const first = sender.send(ping);
    await until("it to arrive", () => seen.length === 1);
    sender.disconnect();
    expect((await first).kind).toBe("cut");
    expect((await sender.send(ping)).kind).toBe("answered");
  });

  it.skipIf(process.platform !== "linux").each([
    ["none unless", undefined, "none"],
    ["some when", 600, "keep-alive"],
  ] as const)("wakes no radio by TCP's probes: %s asked for", async (_name, tcpKeepAliveSeconds, timer) => {
    const { url, seen } = await server((request, response) => {
      if (request.url.includes("Cmd=Sync")) response.end(bytes);
    });
    const sender = transport(url, tcpKeepAliveSeconds === undefined ? {} : { tcpKeepAliveSeconds });
    const held = [sender.send(ping)];
    await until("a new connection to hold a request", () => seen.length === 1);
    expect(await settledTimer(seen[0]?.socket.remotePort)).toBe(timer);
    await sender.send({ ...ping, command: "Sync" });
    held.push(sender.send(ping));
    await until("a used one to hold a request", () => seen.length === 3);
    expect(seen[2]?.socket).toBe(seen[1]?.socket);
    expect(await settledTimer(seen[2]?.socket.remotePort)).toBe(timer);
    sender.close();
    expect((await Promise.all(held)).map(({ kind }) => kind)).toEqual(["aborted", "aborted"]);
  });

  it("uses a connection again, and opens as many as are needed at once", async () => {
    const held: (() => void)[] = [];
    const { url, seen } = await server((request, response) => {
      if (request.url.includes("Cmd=Ping")) held.push(() => response.end(bytes));
      else response.end(bytes);
    });
    const sender = transport(url);
    await sender.send({ ...ping, command: "Sync" });
    await sender.send({ ...ping, command: "Sync" });
    expect(seen[1]?.socket).toBe(seen[0]?.socket);
    const pings = Array.from({ length: 30 }, () => sender.send(ping));
    await until("all to be held", () => held.length === 30);
    for (const answer of held) answer();
    expect(new Set((await Promise.all(pings)).map(({ kind }) => kind))).toEqual(new Set(["answered"]));
  });

  it("returns cookies, and forgets those that the server takes back", async () => {
    const { url, seen } = await server((_request, response, count) => {
      if (count === 1) response.setHeader("set-cookie", ["lb=a=1; Path=/; HttpOnly", "x=2"]);
      if (count === 2) response.setHeader("set-cookie", "x=; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
      response.end();
    });
    const sender = transport(url);
    for (let count = 0; count < 3; count++) await sender.send(ping);
    expect(seen.map(({ headers }) => headers.cookie)).toEqual([undefined, "lb=a=1; x=2", "lb=a=1"]);
  });
});

describe("an answer", () => {
  it("is unpacked, and nothing that was packed is nothing", async () => {
    const { url } = await server((_request, response, count) => {
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync(count === 1 ? bytes : Buffer.alloc(0)));
    });
    const sender = transport(url);
    const [first, second] = [await sender.send(ping), await sender.send(ping)];
    expect(first.kind === "answered" && childText(first.document, Ping.Status)).toBe("1");
    expect(second).toMatchObject({ kind: "answered", status: 200, document: undefined });
  });

  it.each([
    ["a captive portal", "<html>Welcome</html>", undefined],
    ["a gzip that is none", "no gzip", "gzip"],
  ])("of %s is unreadable", async (_what, body, encoding) => {
    const { url } = await server((_request, response) => {
      if (encoding !== undefined) response.setHeader("content-encoding", encoding);
      response.end(body);
    });
    expect(await transport(url).send(ping)).toMatchObject({
      kind: "unreadable",
      status: 200,
      error: { code: expect.stringMatching(/^ERR_WBXML_/) },
    });
  });

  it("that is longer than allowed is not read to its end", async () => {
    const { url } = await server((_request, response) => response.end(Buffer.alloc(1000)));
    expect(await transport(url, { maxAnswerBytes: 999 }).send(ping)).toMatchObject({
      kind: "cut",
      error: { code: "ERR_WBXML_LIMIT" },
    });
  });

  it("with another status comes with its headers and without a document", async () => {
    const { url } = await server((_request, response) =>
      response.writeHead(503, { "Retry-After": "30" }).end("<html>busy</html>"),
    );
    expect(await transport(url).send(ping)).toMatchObject({
      kind: "answered",
      status: 503,
      headers: { "retry-after": "30" },
      document: undefined,
    });
  });
});

describe("HTTP 451", () => {
  it("sends this request and all later ones elsewhere", async () => {
    const there = await server(answering);
    const here = await server((_request, response) =>
      response.writeHead(451, { "X-MS-Location": there.url }).end(),
    );
    const sender = transport(here.url);
    expect(await sender.send(ping)).toMatchObject({ kind: "answered", status: 200 });
    await sender.send(ping);
    expect([here.seen.length, there.seen.length]).toEqual([1, 2]);
    expect(sender.url).toBe(there.url);
  });

  it("is an answer like others when it goes on for ever, and when it leads nowhere", async () => {
    const ring = await server((request, response) => {
      const next = `http://${request.headers.host}/Microsoft-Server-ActiveSync/${ring.seen.length}`;
      response.writeHead(451, { "X-MS-Location": next }).end();
    });
    expect(await transport(ring.url).send(ping)).toMatchObject({ status: 451 });
    expect(ring.seen).toHaveLength(4);
    const nowhere = await server((_request, response) => response.writeHead(451).end());
    expect(await transport(nowhere.url).send(ping)).toMatchObject({ status: 451 });
    expect(nowhere.seen).toHaveLength(1);
  });
});

describe("TLS", () => {
  it("trusts a certificate that is given, and no other", async () => {
    const tls = await certificate();
    const { url, seen } = await server(answering, tls);
    const named = url.replace("127.0.0.1", "localhost");
    expect(await transport(named).send(ping)).toMatchObject({ kind: "unreachable" });
    expect(seen).toHaveLength(0);
    const trusting = transport(named, { tls: { ca: tls.cert } });
    expect(await trusting.send(ping)).toMatchObject({ kind: "answered", status: 200 });
    expect(await trusting.send(ping)).toMatchObject({ kind: "answered", status: 200 });
    expect(seen[1]?.socket).toBe(seen[0]?.socket);
  });

  it("is not given up by a redirection", async () => {
    const tls = await certificate();
    const { url, seen } = await server(
      (_request, response) =>
        response.writeHead(451, { "X-MS-Location": "http://127.0.0.1:9/Microsoft-Server-ActiveSync" }).end(),
      tls,
    );
    const result = await transport(url, { tls: { rejectUnauthorized: false } }).send(ping);
    expect(result).toMatchObject({ kind: "answered", status: 451 });
    expect(seen).toHaveLength(1);
  });
});

describe("a request without an answer", () => {
  it("is silent once the interval and its margin are over, and not before", async () => {
    const clock = new FakeClock();
    const { url, seen } = await server(() => {});
    const sender = transport(url, { clock, holdMarginSeconds: 20 });
    const result = sender.send({ ...ping, holdSeconds: 900 });
    await until("the Ping to arrive", () => seen.length === 1);
    await clock.advance(919_000);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1_000);
    expect(await result).toEqual({ kind: "silent", afterSeconds: 920 });
    expect(clock.pendingTimers).toBe(0);
  });

  it("is silent when an answer stops in its middle", async () => {
    const clock = new FakeClock();
    const { url } = await server((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("x");
    });
    const result = transport(url, { clock, answerTimeoutMs: 1_000 }).send({ ...ping, holdSeconds: 60 });
    await until("the answer to begin", () => clock.pendingTimers === 1);
    const over = result.then(() => true);
    while (!(await Promise.race([over, clock.advance(500).then(() => false)]))) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect((await result).kind).toBe("silent");
  });

  it.each(["at once", "in the middle of the answer"])("is cut when the connection ends %s", async (when) => {
    const { url } = await server(({ socket }, response) => {
      if (when === "at once") socket.destroy();
      else {
        response.writeHead(200, { "content-length": "100" });
        response.write("x", () => socket.destroy());
      }
    });
    expect(await transport(url).send(ping)).toMatchObject({ kind: "cut", afterSeconds: expect.any(Number) });
  });

  it("is sent again over a new connection when the old one was closed meanwhile", async () => {
    let sockets = 0;
    const {
      url,
      seen,
      server: http,
    } = await server(({ socket }, response, count) => {
      if (count === 2) socket.resetAndDestroy();
      else response.end(bytes);
    });
    http.on("connection", () => {
      sockets += 1;
    });
    const sender = transport(url);
    await sender.send(ping);
    expect(await sender.send(ping)).toMatchObject({ kind: "answered" });
    expect([seen.length, sockets]).toEqual([3, 2]);
  });

  it("is not sent again when it could deliver a mail twice", async () => {
    const { url, seen } = await server(({ socket }, response, count) => {
      if (count === 2) socket.resetAndDestroy();
      else response.end(bytes);
    });
    const sender = transport(url);
    await sender.send(ping);
    expect(await sender.send({ ...ping, command: "SendMail" })).toMatchObject({ kind: "cut" });
    expect(seen).toHaveLength(2);
  });

  it("is unreachable where nobody listens", async () => {
    const { url, close } = await scriptedServer(answering);
    await close();
    expect(await transport(url).send(ping)).toMatchObject({
      kind: "unreachable",
      error: { code: "ECONNREFUSED" },
    });
  });

  it("is unreachable when TLS never comes to stand", async () => {
    const clock = new FakeClock();
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    opened.push(mute);
    const { port } = mute.address() as { port: number };
    const sender = transport(`https://127.0.0.1:${port}`, { clock });
    const result = sender.send(ping);
    await clock.advance(20_000);
    expect(await within("the connection to be given up", result)).toMatchObject({ kind: "unreachable" });
    sender.close();
  });

  it("is aborted by its signal, before and while it is under way, and by closing", async () => {
    const { url, seen } = await server(() => {});
    const sender = transport(url);
    const abort = new AbortController();
    const first = sender.send({ ...ping, signal: abort.signal });
    const second = sender.send(ping);
    await until("both to arrive", () => seen.length === 2);
    abort.abort();
    expect((await first).kind).toBe("aborted");
    expect((await sender.send({ ...ping, signal: abort.signal })).kind).toBe("aborted");
    sender.close();
    sender.close();
    expect((await second).kind).toBe("aborted");
    expect((await sender.send(ping)).kind).toBe("aborted");
    expect(seen).toHaveLength(2);
  });
});

describe("options", () => {
  it.each(["ftp://mail.example.com", "mail.example.com", "", "https://alice:secret@mail.example.com"])(
    "refuse the URL %j",
    (url) => {
      expect(() => transport(url)).toThrow(expect.objectContaining({ code: "ERR_OPTION_INVALID" }));
    },
  );

  it("add the endpoint's path to a bare host", () => {
    expect(transport("https://mail.example.com").url).toBe(
      "https://mail.example.com/Microsoft-Server-ActiveSync",
    );
  });
});
