import { request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { type StatusPage, startStatusPage } from "../../../../src/cli/status-page/start-status-page.js";
import { observedServer } from "../observed/observed-server.js";

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

let page: StatusPage | undefined;

afterEach(async () => {
  await page?.close();
  page = undefined;
});

async function setUp(options: Partial<Parameters<typeof startStatusPage>[0]> = {}) {
  const server = observedServer();
  page = await startStatusPage({ source: server.collector, port: 0, ...options });
  return { ...server, url: page.url };
}

function ask(url: string, method = "GET", headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
        // A stream does not end by itself.
        if (response.headers["content-type"] === "text/event-stream" && body.includes("data:"))
          asked.destroy();
      });
      response.on("close", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe("the operators' page", () => {
  test("listens on this machine alone unless told otherwise", async () => {
    const { url } = await setUp();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test.each([
    "/",
    "/status.css",
    "/status.js",
    "/icon.svg",
    "/status.json",
    "/events",
    "/nothing",
    "//",
    "/?q=%ff",
  ])("%s is answered with headers that let nothing in and nothing out", async (path) => {
    const { url } = await setUp();
    const { headers } = await ask(url + path);
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(headers["content-security-policy"]).not.toMatch(/unsafe|\*/);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("shows what is held, and tells it as JSON and as a stream", async () => {
    const { url, hold } = await setUp();
    hold({ user: "alice", deviceId: "APPL1" });
    expect((await ask(`${url}/`)).body).toContain("APPL1");
    expect(JSON.parse((await ask(`${url}/status.json?q=appl`)).body)).toMatchObject({
      held: { Ping: 1 },
      devices: { matching: 1 },
    });
    const { headers, body } = await ask(`${url}/events?q=nobody`);
    expect(headers["content-type"]).toBe("text/event-stream");
    expect(body).toContain("event: update");
    expect(body).not.toContain("APPL1");
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("%s is refused", async (method) => {
    const { url } = await setUp();
    expect(await ask(`${url}/`, method)).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  });

  test.each(["/", "/events", "/status.css"])("HEAD of %s has the headers alone", async (path) => {
    const { url } = await setUp();
    expect(await ask(url + path, "HEAD")).toMatchObject({ status: 200, body: "" });
  });

  test("a name that is not the server's is refused, and one that it was told is not", async () => {
    const { url, hold } = await setUp({ names: ["Mail.example.com"] });
    hold({ deviceId: "APPL1" });
    const stranger = await ask(`${url}/status.json`, "GET", { host: "evil.example" });
    expect(stranger.status).toBe(421);
    expect(stranger.body).not.toContain("APPL1");
    expect((await ask(`${url}/`, "GET", { host: "mail.example.com:9100" })).status).toBe(200);
  });

  test("more readers than there is room for are asked to come back", async () => {
    const { url } = await setUp({ maxReaders: 0 });
    expect(await ask(`${url}/events`)).toMatchObject({ status: 503, headers: { "retry-after": "10" } });
  });

  test("a source that fails is told without what it said", async () => {
    const { url } = await setUp({
      source: {
        snapshots: async () => {
          throw new Error("imaps://user:secret@mail.example.com");
        },
      },
    });
    const { status, body } = await ask(`${url}/`);
    expect(status).toBe(503);
    expect(body).not.toContain("secret");
  });

  test("ends with every page that is open", async () => {
    const { url } = await setUp();
    const open = new Promise<void>((resolve) => {
      const asked = request(`${url}/events`, { agent: false }, (response) => {
        response.on("error", () => {});
        response.on("close", resolve);
        response.once("data", () => void page?.close());
      });
      asked.on("error", () => {});
      asked.end();
    });
    await open;
    page = undefined;
  });
});
