import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { heldProbe } from "./held-probe.js";
import { type ProxiedServer, proxiedServer } from "./proxied-server.js";
import { programIsThere } from "./required-program.js";
import { documentedConfiguration, haproxy, nginx, type RunningProxy } from "./running-proxy.js";

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

const lengths = ["--up-to", "4s", "--want", "3s"];

describe.skipIf(!programIsThere("nginx", "nginx"))("a probe through nginx", () => {
  const location = documentedConfiguration("nginx");

  it("finds that the documented settings carry what is wanted", async () => {
    proxy = await nginx(server.port, location);
    const { exitStatus, text } = await heldProbe(proxy.port, ...lengths);
    expect(text).toContain(`OK: the path to 127.0.0.1:${proxy.port} carries 3s. It carried 4s.`);
    expect(exitStatus).toBe(0);
  });

  it("names nginx and its setting when the read timeout is too short", async () => {
    proxy = await nginx(server.port, location.replace("proxy_read_timeout 3600s;", "proxy_read_timeout 2s;"));
    const { exitStatus, text } = await heldProbe(proxy.port, ...lengths);
    expect(text).toMatch(
      /What cuts: nginx\/[\d.]+ gives up after 2\.\ds and answers HTTP 504 in the server's place\./,
    );
    expect(text).toContain("What to change: proxy_read_timeout 3600s;");
    expect(exitStatus).toBe(1);
  });
});

describe.skipIf(!programIsThere("haproxy", "haproxy"))("a probe through HAProxy", () => {
  it("names HAProxy and its setting when the server timeout is too short", async () => {
    const impatient = documentedConfiguration("haproxy").replace(/timeout server \d+s/, "timeout server 2s");
    proxy = await haproxy(server.port, impatient);
    const { exitStatus, text } = await heldProbe(proxy.port, ...lengths);
    expect(text).toMatch(
      /What cuts: a proxy that does not give its name gives up after 2\.\ds and answers HTTP 504/,
    );
    expect(text).toContain("Most likely: HAProxy");
    expect(text).toContain("What to change: timeout server 3600s.");
    expect(exitStatus).toBe(1);
  });
});

describe("a probe through a Node server with a timeout", () => {
  it("finds its age, and names server.timeout", async () => {
    const passing = createServer((incoming, response) => {
      const { method, url, headers } = incoming;
      const onward = request(
        { port: server.port, host: "127.0.0.1", method, path: url, headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on("error", () => response.destroy());
      response.on("close", () => onward.destroy());
      incoming.pipe(onward);
    });
    passing.timeout = 2000;
    await once(passing.listen(0, "127.0.0.1"), "listening");
    try {
      const { exitStatus, text } = await heldProbe(
        (passing.address() as AddressInfo).port,
        ...lengths,
        "--json",
      );
      const report: unknown = JSON.parse(text);
      expect(report).toMatchObject({
        verdict: "does-not-carry",
        limit: {
          end: "closed",
          confirmed: true,
          likely: [{ setting: expect.stringContaining("server.timeout = 0") }, {}],
        },
      });
      expect(report).toHaveProperty("limit.toSeconds", expect.closeTo(2, 0));
      expect(exitStatus).toBe(1);
    } finally {
      passing.close();
      passing.closeAllConnections();
    }
  });
});
