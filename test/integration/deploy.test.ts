import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "selfsigned";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../examples/cluster/free-port.js";
import { type Gateway, startGateway } from "../../src/cli/serve/gateway.js";
import { JsonLog } from "../../src/cli/serve/json-log.js";
import { MemoryStateStore } from "../../src/state/memory-state-store.js";
import { MemoryMailbox } from "../../src/testing/index.js";
import { childText, Ping } from "../../src/wbxml/index.js";
import { until, within } from "../contract/deadline.js";
import { wirePhone } from "../examples/wire-phone.js";
import { memoryBackend } from "../unit/cli/serve/memory-backend.js";
import { programIsThere } from "./required-program.js";
import { type RunningProxy, startProxy } from "./running-proxy.js";

const alice = "alice@example.com";
const deploy = fileURLToPath(new URL("../../examples/deploy", import.meta.url));
let folder: string;
let mailbox: MemoryMailbox;
let gateway: Gateway;
let proxy: RunningProxy | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "direct-push-deploy-"));
  const { cert, private: key } = await generate([{ name: "commonName", value: "mail.example.com" }]);
  writeFileSync(join(folder, "fullchain.pem"), cert);
  writeFileSync(join(folder, "privkey.pem"), key);
  writeFileSync(join(folder, "both.pem"), `${cert}\n${key}`);
  mailbox = new MemoryMailbox();
  gateway = await startGateway({
    settings: {
      listen: { host: "127.0.0.1", port: 0, certificate: undefined },
      trustedProxies: ["127.0.0.1"],
      autodiscoverUrl: "https://mail.example.com/Microsoft-Server-ActiveSync",
      heartbeat: { minSeconds: 1, maxSeconds: 3540, learning: "answer-early" },
      drainSeconds: 0,
    },
    backend: memoryBackend(mailbox),
    state: new MemoryStateStore(),
    log: new JsonLog({ write: () => true }, "error"),
  });
});

afterEach(async () => {
  await gateway.close();
  await proxy?.stop();
  proxy = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A file of examples/deploy with other ports and paths. Each of what is replaced must be there. */
function configuration(name: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
      return text.replaceAll(from, to);
    },
    readFileSync(join(deploy, name), "utf8"),
  );
}

async function nginxAsDeployed(): Promise<RunningProxy> {
  const port = await freePort();
  const site = configuration("nginx.conf", {
    "127.0.0.1:8080": `127.0.0.1:${gateway.port}`,
    "listen 443 ssl": `listen 127.0.0.1:${port} ssl`,
    "/etc/letsencrypt/live/mail.example.com": folder,
  });
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const paths = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n");
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    `${user}\npid ${folder}/nginx.pid;\nerror_log stderr;\ndaemon off;\nevents {}\nhttp {\naccess_log off;\n${paths}\n${site}\n}\n`,
  );
  return await startProxy(port, () => ["nginx", "-p", folder, "-c", file, "-e", "stderr"]);
}

async function haproxyAsDeployed(): Promise<RunningProxy> {
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  writeFileSync(
    file,
    configuration("haproxy.cfg", {
      "127.0.0.1:8080": `127.0.0.1:${gateway.port}`,
      "bind :443": `bind 127.0.0.1:${port}`,
      "/etc/haproxy/mail.example.com.pem": join(folder, "both.pem"),
      "maxconn 50000": "maxconn 1000",
    }),
  );
  return await startProxy(port, () => ["haproxy", "-db", "-q", "-f", file]);
}

async function get(port: number, path: string): Promise<number> {
  return await within(
    path,
    new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port, path, rejectUnauthorized: false, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .once("error", reject)
        .end();
    }),
  );
}

async function isPushedThrough(port: number): Promise<void> {
  const phone = wirePhone(port, {}, "127.0.0.1", "https");
  await within("FolderSync", phone.folderSync());
  await within("the first Sync", phone.syncAll("inbox"));
  const ping = phone.ping({ heartbeatSeconds: 900, folders: ["inbox"] });
  await until("the Ping to be held", () => gateway.directPush.heldCount === 1);
  mailbox.deliver(alice, "Subject: Hello\r\n\r\nHello!\r\n");
  expect(childText((await within("the answer", ping.answer)).document, Ping.Status)).toBe("2");
  expect((await within("the Sync", phone.sync("inbox"))).added).toHaveLength(1);
}

/** Autodiscover is let through, and asks who comes; nothing else of the server is to be seen. */
async function hasNothingElse(port: number): Promise<void> {
  expect(await get(port, "/autodiscover/autodiscover.xml")).toBe(401);
  expect(await get(port, "/Autodiscover/Autodiscover.xml")).toBe(401);
  expect(await get(port, "/healthz")).toBe(404);
}

describe.skipIf(!programIsThere("nginx", "nginx"))("examples/deploy/nginx.conf", () => {
  it("holds a Ping, and shows phones what they need alone", async () => {
    proxy = await nginxAsDeployed();
    await isPushedThrough(proxy.port);
    await hasNothingElse(proxy.port);
  });
});

describe.skipIf(!programIsThere("haproxy", "haproxy"))("examples/deploy/haproxy.cfg", () => {
  it("holds a Ping, and shows phones what they need alone", async () => {
    proxy = await haproxyAsDeployed();
    await isPushedThrough(proxy.port);
    await hasNothingElse(proxy.port);
  });
});

describe.skipIf(!programIsThere("systemd-analyze", "systemd"))("examples/deploy/direct-push.service", () => {
  it("is a unit that systemd understands", () => {
    const file = join(folder, "direct-push.service");
    const unit = configuration("direct-push.service", {
      "/usr/bin/node": process.execPath,
      "User=direct-push": "User=nobody",
    });
    writeFileSync(file, unit);
    const output = execFileSync("systemd-analyze", ["verify", "--man=no", file], {
      encoding: "utf8",
      stdio: "pipe",
    });
    expect(output).toBe("");
  });
});
