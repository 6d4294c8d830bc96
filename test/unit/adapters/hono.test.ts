import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { toHono } from "../../../src/adapters/hono.js";
import { createDirectPush, type DirectPush } from "../../../src/direct-push.js";
import type { EasResponse } from "../../../src/http/exchange.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

/** Three pieces, or a failure after them, and a note of what was done to the source. */
function source(fails = false) {
  const state = { pieces: 0, returned: false };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (; state.pieces < 3; ) {
        state.pieces += 1;
        yield Buffer.from(`piece ${state.pieces};`);
      }
      if (fails) throw new Error("the disk is gone");
    } finally {
      state.returned = true;
    }
  }
  return { state, chunks: chunks() };
}

/** The answer of a server that is not Node's. */
async function fetchFrom(body: EasResponse["body"], status = 200): Promise<Response> {
  const answer: EasResponse = { status, headers: { "content-length": "24", "x-a": "b" }, body };
  const app = new Hono();
  app.use(toHono({ answers: () => true, handle: async () => answer } as unknown as DirectPush));
  return await app.fetch(
    new Request("http://localhost/Microsoft-Server-ActiveSync?Cmd=Ping", { method: "POST" }),
  );
}

describe("toHono on a server that is not Node's", () => {
  it("serves Autodiscover, whose URL tells whether it came over TLS", async () => {
    const mailbox = new MemoryMailbox();
    const url = "https://mail.example.com/Microsoft-Server-ActiveSync";
    const authenticate = async () => ({ kind: "refused" }) as const;
    const directPush = createDirectPush({ mailbox, source: mailbox, authenticate, autodiscover: { url } });
    const app = new Hono().use(toHono(directPush)).get("/other", (context) => context.text("other"));
    const json = await app.request("https://a/autodiscover/autodiscover.json?Email=a@b&Protocol=ActiveSync");
    expect(await json.json()).toEqual({ Protocol: "ActiveSync", Url: url });
    expect((await app.request("http://a/Autodiscover/Autodiscover.xml")).status).toBe(302);
    expect((await app.request("https://a/Autodiscover/Autodiscover.xml")).status).toBe(401);
    expect(await (await app.request("https://a/other")).text()).toBe("other");
  });

  it("answers with bytes, and with nothing", async () => {
    const response = await fetchFrom(Buffer.from("abc"));
    expect(response.headers.get("x-a")).toBe("b");
    expect(await response.text()).toBe("abc");
    expect(await (await fetchFrom(null)).text()).toBe("");
    expect((await fetchFrom(Buffer.from("abc"), 204)).body).toBeNull();
  });

  it("answers with a stream, and reads nothing ahead", async () => {
    const { state, chunks } = source();
    const response = await fetchFrom(chunks);
    expect(response.headers.get("content-length")).toBe("24");
    expect(state.pieces).toBe(0);
    expect(await response.text()).toBe("piece 1;piece 2;piece 3;");
    expect(state.returned).toBe(true);
  });

  it("lets go of the stream when the client leaves", async () => {
    const { state, chunks } = source();
    const reader = (await fetchFrom(chunks)).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(state).toEqual({ pieces: 1, returned: true });
  });

  it("fails where the stream does", async () => {
    const response = await fetchFrom(source(true).chunks);
    await expect(response.text()).rejects.toThrow("the disk is gone");
  });
});
