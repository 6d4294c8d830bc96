import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { syncRequest } from "../../src/testing/in-process-device-documents.js";
import type { DeviceAnswer, DeviceExchange, InProcessDevice } from "../../src/testing/index.js";
import { childText, encode, Ping } from "../../src/wbxml/index.js";
import { until, within } from "../contract/deadline.js";
import { send } from "../contract/wire.js";
import { wirePhone } from "../examples/wire-phone.js";
import { type ProxiedServer, proxiedServer } from "./proxied-server.js";
import { programIsThere } from "./required-program.js";
import { documentedConfiguration, haproxy, nginx, type RunningProxy } from "./running-proxy.js";

const alice = "alice@example.com";
let server: ProxiedServer;
let proxy: RunningProxy | undefined;

beforeEach(async () => {
  server = await proxiedServer();
});

afterEach(async () => {
  await server.close();
  await proxy?.stop();
  proxy = undefined;
});

/** A phone behind the proxy that has synced its inbox. */
async function phoneBehind(started: RunningProxy): Promise<InProcessDevice> {
  proxy = started;
  const phone = wirePhone(started.port);
  await within("FolderSync", phone.folderSync());
  await within("the first Sync", phone.syncAll("inbox"));
  return phone;
}

/** A Ping that the server holds. */
async function heldPing(phone: InProcessDevice, heartbeatSeconds = 900): Promise<DeviceExchange> {
  const newest = Math.max(0, ...server.directPush.held().map(({ sequence }) => sequence));
  const ping = phone.ping({ heartbeatSeconds, folders: ["inbox"] });
  await until("the Ping to be held", () =>
    server.directPush.held().some(({ sequence }) => sequence > newest),
  );
  return ping;
}

async function answerTo(ping: DeviceExchange): Promise<DeviceAnswer> {
  return await within("the answer to the Ping", ping.answer);
}

async function isPushed(phone: InProcessDevice): Promise<void> {
  const ping = await heldPing(phone);
  server.mailbox.deliver(alice, "Subject: Hello\r\n\r\nHello!\r\n");
  expect(childText((await answerTo(ping)).document, Ping.Status)).toBe("2");
  const synced = await within("the Sync", phone.sync("inbox"));
  expect(synced.added).toHaveLength(1);
}

describe.skipIf(!programIsThere("nginx", "nginx"))("nginx", () => {
  const location = documentedConfiguration("nginx");

  it("holds a Ping with the documented settings, again and again", async () => {
    const phone = await phoneBehind(await nginx(server.port, location));
    await isPushed(phone);
    await isPushed(phone);
    const ping = await heldPing(phone, 1);
    expect(childText((await answerTo(ping)).document, Ping.Status)).toBe("1");
  });

  it("passes on that a phone's connection was reset, and the hold is released", async () => {
    const phone = await phoneBehind(await nginx(server.port, location));
    const ping = await heldPing(phone);
    ping.gone();
    await until("the hold to be released", () => server.directPush.heldCount === 0);
    expect(server.ended.map(({ kind }) => kind)).toEqual(["disconnected"]);
    expect(server.dropped).toHaveLength(1);
    expect(server.mailbox.openWatches).toBe(0);
    await isPushed(phone);
  });

  it("answers 504 when its read timeout is shorter than the heartbeat, and the hold is released", async () => {
    const impatient = location.replace("proxy_read_timeout 3600s;", "proxy_read_timeout 1s;");
    expect(impatient).not.toBe(location);
    const phone = await phoneBehind(await nginx(server.port, impatient));
    const ping = await heldPing(phone);
    expect((await answerTo(ping)).status).toBe(504);
    await until("the hold to be released", () => server.directPush.heldCount === 0);
    expect(server.ended.map(({ kind }) => kind)).toEqual(["disconnected"]);
    expect(server.mailbox.openWatches).toBe(0);
  });

  it.each([
    ["off, as documented", "gzip off;"],
    ["on, for what is as long as nginx's default wants", "gzip on; gzip_min_length 20;"],
  ])("leaves an empty Sync answer empty with gzip %s", async (_how, gzip) => {
    const phone = await phoneBehind(await nginx(server.port, location.replace("gzip off;", gzip)));
    expect(await emptyAnswer(phone)).toEqual({ status: 200, length: "0", encoding: undefined, bytes: 0 });
  });

  it("spoils an empty Sync answer with gzip on for everything: why the documentation turns it off", async () => {
    const zipping = location.replace("gzip off;", "");
    expect(zipping).not.toBe(location);
    const phone = await phoneBehind(await nginx(server.port, zipping));
    const { encoding, bytes } = await emptyAnswer(phone);
    expect(encoding).toBe("gzip");
    expect(bytes).toBeGreaterThan(0);
  });

  it("takes a body as large as the server's own limit", async () => {
    const phone = await phoneBehind(await nginx(server.port, location));
    const body = new Uint8Array(21 * 1024 * 1024);
    const { answer } = phone.send("Sync", undefined, { body });
    // 413 of the server, with its headers, and not the proxy's own.
    const refused = await within("the refusal", answer);
    expect(refused.status).toBe(413);
    expect(refused.headers["content-length"]).toBe("0");
  });
});

interface ProxiedAnswer {
  readonly status: number;
  readonly length: string | undefined;
  readonly encoding: string | undefined;
  readonly bytes: number;
}

/** What comes of a Sync when nothing has changed, for a phone that accepts gzip. */
async function emptyAnswer(phone: InProcessDevice): Promise<ProxiedAnswer> {
  const exchange = await send(
    { port: proxy?.port ?? 0, protocol: "http" },
    {
      path: `/Microsoft-Server-ActiveSync?Cmd=Sync&User=${alice}&DeviceId=DEVICE1&DeviceType=TestPhone`,
      headers: {
        authorization: `Basic ${Buffer.from(`${alice}:alice`).toString("base64")}`,
        "accept-encoding": "gzip",
        "content-type": "application/vnd.ms-sync.wbxml",
        "ms-asprotocolversion": "16.1",
      },
      body: encode(syncRequest("inbox", phone.syncKeyOf("inbox"), {})),
    },
  );
  const { status, headers, body } = await within("an empty answer", exchange.answer);
  const { "content-length": length, "content-encoding": encoding } = headers;
  return { status, length, encoding, bytes: body.length };
}

describe.skipIf(!programIsThere("haproxy", "haproxy"))("HAProxy", () => {
  const defaults = documentedConfiguration("haproxy");

  it("holds a Ping with the documented settings, again and again", async () => {
    const phone = await phoneBehind(await haproxy(server.port, defaults));
    await isPushed(phone);
    await isPushed(phone);
  });

  it("hides that a phone went away; its next Ping supersedes the ghost", async () => {
    const phone = await phoneBehind(await haproxy(server.port, defaults));
    const ghost = await heldPing(phone);
    ghost.gone();
    // Answers on other connections prove that the proxy had time to notice.
    await within("a Sync beside the ghost", phone.sync("inbox"));
    await within("another", phone.sync("inbox"));
    expect(server.directPush.heldCount).toBe(1);
    const next = await heldPing(phone);
    await until("the ghost to be superseded", () => server.directPush.heldCount === 1);
    expect(server.ended.map(({ kind }) => kind)).toEqual(["superseded"]);
    expect(server.dropped).toEqual([]);
    server.mailbox.deliver(alice, "Subject: Hello\r\n\r\nHello!\r\n");
    expect(childText((await answerTo(next)).document, Ping.Status)).toBe("2");
    expect(server.mailbox.openWatches).toBe(0);
  });

  it("answers 504 when its server timeout is shorter than the heartbeat, and the hold is released", async () => {
    const impatient = defaults.replace(/timeout server \d+s/, "timeout server 1s");
    expect(impatient).not.toBe(defaults);
    const phone = await phoneBehind(await haproxy(server.port, impatient));
    const ping = await heldPing(phone);
    expect((await answerTo(ping)).status).toBe(504);
    await until("the hold to be released", () => server.directPush.heldCount === 0);
    expect(server.ended.map(({ kind }) => kind)).toEqual(["disconnected"]);
  });
});
