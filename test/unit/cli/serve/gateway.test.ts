import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { generate } from "selfsigned";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../../../../src/cli/serve/gateway.js";
import { JsonLog } from "../../../../src/cli/serve/json-log.js";
import type { ListenSettings } from "../../../../src/cli/serve/settings.js";
import { MemoryStateStore } from "../../../../src/state/memory-state-store.js";
import { MemoryMailbox } from "../../../../src/testing/index.js";
import { childText, Ping } from "../../../../src/wbxml/index.js";
import { until, within } from "../../../contract/deadline.js";
import { wirePhone } from "../../../examples/wire-phone.js";
import { memoryBackend } from "./memory-backend.js";

const alice = "alice@example.com";
let folder: string;
let gateway: Gateway;
let mailbox: MemoryMailbox;
let written: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "direct-push-gateway-"));
  mailbox = new MemoryMailbox();
  written = [];
});

afterEach(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  listen: Partial<ListenSettings> = {},
  trustedProxies: readonly string[] = [],
  drainSeconds = 0,
): Promise<void> {
  gateway = await startGateway({
    settings: {
      listen: { host: "127.0.0.1", port: 0, certificate: undefined, ...listen },
      trustedProxies,
      autodiscoverUrl: undefined,
      heartbeat: { minSeconds: 1, maxSeconds: 3540, learning: "answer-early" },
      drainSeconds,
    },
    backend: memoryBackend(mailbox),
    state: new MemoryStateStore(),
    log: new JsonLog({ write: (text) => written.push(text) }, "info"),
    certificateEveryMs: 20,
  });
}

function lines(event: string): Record<string, unknown>[] {
  return written.map((line) => JSON.parse(line)).filter((line) => line.event === event);
}

/** The status of a GET, and the serial number of the certificate that it was answered with. */
function get(
  path: string,
  options: {
    readonly agent?: Agent;
    readonly isSecure?: boolean;
    readonly headers?: Record<string, string>;
    readonly method?: string;
  } = {},
): Promise<{ status: number; serial: string | undefined; connection: string | undefined }> {
  const { isSecure = false, headers = {}, agent, method = "GET" } = options;
  return within(
    path,
    new Promise((resolve, reject) => {
      const send = isSecure ? secureRequest : request;
      const { port } = gateway;
      send(
        {
          host: "127.0.0.1",
          port,
          path,
          headers,
          method,
          rejectUnauthorized: false,
          ...(agent && { agent }),
        },
        (answer) => {
          const serial = isSecure
            ? (answer.socket as TLSSocket).getPeerCertificate().serialNumber
            : undefined;
          const { statusCode: status = 0, headers: answered } = answer;
          const { connection } = answered;
          answer.resume().once("end", () => resolve({ status, serial, connection }));
        },
      )
        .once("error", reject)
        .end();
    }),
  );
}

async function heldPing(
  deviceId?: string,
  protocol: "http" | "https" = "http",
): Promise<ReturnType<ReturnType<typeof wirePhone>["ping"]>> {
  const held = gateway.directPush.heldCount;
  const options = deviceId === undefined ? {} : { deviceId };
  const phone = wirePhone(gateway.port, options, "127.0.0.1", protocol);
  await within("FolderSync", phone.folderSync());
  await within("Sync", phone.syncAll("inbox"));
  const ping = phone.ping({ heartbeatSeconds: 900, folders: ["inbox"] });
  await until("the Ping to be held", () => gateway.directPush.heldCount === held + 1);
  return ping;
}

it("serves phones, says that it is well, and has nothing else", async () => {
  await start();
  const ping = await heldPing();
  expect((await get("/healthz")).status).toBe(200);
  expect((await get("/")).status).toBe(404);
  expect((await get("/metrics")).status).toBe(404);
  expect((await get("/autodiscover/autodiscover.xml")).status).toBe(404);
  mailbox.deliver(alice, "Subject: Hello\r\n\r\nHello!\r\n");
  expect(childText((await within("the answer", ping.answer)).document, Ping.Status)).toBe("2");
  await until("its line", () => lines("request").some(({ outcome }) => outcome === "changed"));
});

it("answers what it holds when it ends, with a connection that ends as well", async () => {
  await start();
  const ping = await heldPing();
  const closed = gateway.close();
  const answer = await within("the answer", ping.answer);
  expect(answer.status).toBe(200);
  expect(answer.headers["connection"]).toBe("close");
  await within("the end", closed);
  await expect(get("/healthz")).rejects.toThrow(/ECONNREFUSED/);
  expect(lines("request").at(-1)).toMatchObject({ command: "Ping", outcome: "closing" });
});

it("serves what comes on open connections until it has ended, and takes no new ones", async () => {
  await start({}, [], 60);
  const agents = [1, 2].map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
  for (const agent of agents) expect((await get("/healthz", { agent })).status).toBe(200);
  const [first, last] = [await heldPing("FIRST"), await heldPing("LAST")];
  const closed = gateway.close();
  expect(childText((await within("the answer", first.answer)).document, Ping.Status)).toBe("1");
  await expect(get("/healthz")).rejects.toThrow(/ECONNREFUSED/);
  const headers = { authorization: `Basic ${Buffer.from(`${alice}:alice`).toString("base64")}` };
  const path = "/Microsoft-Server-ActiveSync";
  const [phone, proxy] = agents as [Agent, Agent];
  expect(await get(path, { agent: phone, headers, method: "OPTIONS" })).toMatchObject({
    status: 200,
    connection: "close",
  });
  expect(await get("/healthz", { agent: proxy })).toMatchObject({ status: 503, connection: "close" });
  mailbox.deliver(alice, "Subject: Hello\r\n\r\nHello!\r\n");
  expect(childText((await within("the answer", last.answer)).document, Ping.Status)).toBe("2");
  await within("the end", closed);
});

it.each([
  ["a trusted proxy says", ["127.0.0.1"], "192.0.2.7", "192.0.2.7"],
  [
    "the last of several trusted proxies says",
    ["127.0.0.0/8", "10.0.0.0/8"],
    "192.0.2.7, 10.1.2.3",
    "192.0.2.7",
  ],
  ["a trusted proxy added to what the phone made up", ["127.0.0.1"], "198.51.100.1, 192.0.2.7", "192.0.2.7"],
  [
    "it has itself, where the proxy is none of those that are trusted",
    ["10.0.0.0/8"],
    "192.0.2.7",
    "127.0.0.1",
  ],
  ["it has itself, where no proxy is trusted", [], "192.0.2.7", "127.0.0.1"],
])("takes for the address of a phone what %s", async (_what, proxies, forwarded, address) => {
  await start({}, proxies);
  const login = { authorization: `Basic ${Buffer.from("alice:wrong").toString("base64")}` };
  const headers = { ...login, "x-forwarded-for": forwarded };
  expect((await get("/Microsoft-Server-ActiveSync", { headers })).status).toBe(401);
  expect(lines("login-refused")).toMatchObject([{ user: "alice", remoteAddress: address }]);
});

describe("with a certificate", () => {
  let certificate: { readonly certFile: string; readonly keyFile: string };
  beforeEach(() => {
    certificate = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  });

  async function made(name: string): Promise<{ readonly cert: string; readonly key: string }> {
    const { cert, private: key } = await generate([{ name: "commonName", value: name }], { keyType: "ec" });
    return { cert, key };
  }

  async function renew(name: string): Promise<void> {
    const { cert, key } = await made(name);
    writeFileSync(certificate.certFile, cert);
    writeFileSync(certificate.keyFile, key);
  }

  /** What a new connection is shown, or that of the agent. */
  const serial = async (agent: Agent = new SecureAgent({ keepAlive: false })): Promise<string | undefined> =>
    (await get("/healthz", { isSecure: true, agent })).serial;

  it("takes a new one, and keeps the connections that are open and what is held on them", async () => {
    await renew("first.example.com");
    await start({ certificate });
    const agent = new SecureAgent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    const first = await serial(agent);
    const ping = await heldPing(undefined, "https");
    await renew("second.example.com");
    await until("the new certificate", () => lines("certificate-read").length > 0);
    const second = await serial();
    expect(second).not.toBe(first);
    expect(await serial(agent)).toBe(first);
    agent.destroy();
    expect(gateway.directPush.heldCount).toBe(1);
    mailbox.deliver(alice, "Subject: Hello\r\n\r\nHello!\r\n");
    expect(childText((await within("the answer", ping.answer)).document, Ping.Status)).toBe("2");
  });

  it("keeps the old one while the new one is nonsense, or has no key yet", async () => {
    await renew("first.example.com");
    await start({ certificate });
    const first = await serial();
    writeFileSync(certificate.certFile, "nonsense");
    await until("the refusal", () => lines("certificate-unreadable").length > 0);
    expect(await serial()).toBe(first);
    const { cert, key } = await made("second.example.com");
    const before = lines("certificate-unreadable").length;
    writeFileSync(certificate.certFile, cert);
    await until("the second refusal", () => lines("certificate-unreadable").length > before);
    expect(await serial()).toBe(first);
    expect(lines("certificate-read")).toEqual([]);
    writeFileSync(certificate.keyFile, key);
    await until("the new certificate", () => lines("certificate-read").length > 0);
    expect(await serial()).not.toBe(first);
  });

  it("sees a link that is turned to another file", async () => {
    for (const name of ["first", "second"]) {
      const { cert, key } = await made(`${name}.example.com`);
      writeFileSync(join(folder, `${name}.pem`), `${cert}\n${key}`);
    }
    const link = join(folder, "both.pem");
    symlinkSync("first.pem", link);
    await start({ certificate: { certFile: link, keyFile: link } });
    const first = await serial();
    symlinkSync("second.pem", `${link}.new`);
    renameSync(`${link}.new`, link);
    await until("the new certificate", () => lines("certificate-read").length > 0);
    expect(await serial()).not.toBe(first);
  });
});

it("does not start with a certificate that is none", async () => {
  await start();
  const certificate = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  await expect(start({ certificate })).rejects.toThrow(/ENOENT/);
});
