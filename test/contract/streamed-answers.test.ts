/** What is too long to be in memory, on every host: one suite, run on each. */
import { afterEach, describe, expect, it } from "vitest";
import {
  AirSyncBase,
  element,
  ItemOperations,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";
import { type Mounted, mount, user } from "./bench-of-one.js";
import { until, within } from "./deadline.js";
import { type Before, type Host, hosts } from "./hosts.js";
import type { WireAnswer } from "./wire.js";

const chunk = Buffer.alloc(64 * 1024, "0123456789abcdef");

/** What a source was made to do. */
interface Served {
  bytes: number;
  returned: number;
}

/** Content of any length that fails after some of it, if wanted. */
async function* content(length: number, served: Served, failAfter: number): AsyncGenerator<Uint8Array> {
  try {
    for (let left = length; left > 0; left -= chunk.length) {
      if (served.bytes >= failAfter) throw new Error("the disk is gone");
      const piece = chunk.subarray(0, Math.min(left, chunk.length));
      served.bytes += piece.length;
      yield piece;
    }
  } finally {
    served.returned += 1;
  }
}

/** What a phone sends. */
const usualHeaders = {
  authorization: `Basic ${Buffer.from(`${user}:secret`).toString("base64")}`,
  "ms-asprotocolversion": "16.1",
  "accept-encoding": "gzip, deflate, br",
  "content-type": "application/vnd.ms-sync.wbxml",
};

const fetchOf = (fileReference: string): WbxmlElement =>
  element(ItemOperations.ItemOperations, [
    element(ItemOperations.Fetch, [
      textElement(ItemOperations.Store, "Mailbox"),
      textElement(AirSyncBase.FileReference, fileReference),
    ]),
  ]);

describe.each(hosts.map((host) => [host.name, host] as const))("%s", (_name, host: Host) => {
  const open: Mounted[] = [];

  async function serving(
    length: number,
    { before, failAfter = Number.POSITIVE_INFINITY }: { before?: Before; failAfter?: number } = {},
  ) {
    const mounted = await mount(host, { limits: { maxConcurrentPerDevice: 1 } }, before);
    open.push(mounted);
    const served: Served = { bytes: 0, returned: 0 };
    mounted.mailbox.attachment = async () => ({
      kind: "attachment",
      contentType: "application/x-test",
      sizeBytes: length,
      content: content(length, served, failAfter),
    });
    const request = (headers: Readonly<Record<string, string>> = {}) =>
      mounted.request("ItemOperations", fetchOf("a"), {
        headers: { ...usualHeaders, ...headers },
      });
    return { ...mounted, served, fetch: request };
  }

  afterEach(async () => {
    for (const one of open.splice(0)) await within("the host to close", one.host.close());
  });

  it.each(["nothing", "compression"] as const)(
    "sends parts whole, with their length, behind %s",
    async (kind) => {
      if (kind !== "nothing" && !host.before.includes(kind)) return;
      const length = 3_000_001;
      const { fetch, served } = await serving(length, { before: { kind } });
      const exchange = await fetch({ "ms-asacceptmultipart": "T" });
      const { status, headers, body }: WireAnswer = await within("the answer", exchange.answer);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        "content-type": "application/vnd.ms-sync.multipart",
        "content-length": String(body.length),
      });
      expect(headers["transfer-encoding"]).toBeUndefined();
      expect(headers["content-encoding"]).toBeUndefined();
      expect(body.readUInt32LE(0)).toBe(2);
      const part = body.subarray(body.readUInt32LE(12));
      expect(part.length).toBe(length);
      expect(String(part.subarray(-17))).toBe("0123456789abcdef0");
      expect(served.bytes).toBe(length);
      await until("the source to end", () => served.returned === 1);
    },
  );

  it("reads no more than a slow phone takes, and lets go when it leaves", async () => {
    const length = 200 * 1024 * 1024;
    const { fetch, served } = await serving(length);
    const exchange = await fetch({ "ms-asacceptmultipart": "T" });
    exchange.pause();
    await until("the first bytes to be read", () => served.bytes > 0);
    await until(
      "the line to be full",
      stops(() => served.bytes),
    );
    expect(served.bytes).toBeLessThan(length / 4);
    expect(served.returned).toBe(0);
    exchange.fin();
    await until("the source to be let go of", () => served.returned === 1);
  });

  it("counts against the ceilings until it is over", async () => {
    const { fetch, served } = await serving(200 * 1024 * 1024);
    const exchange = await fetch({ "ms-asacceptmultipart": "T" });
    exchange.pause();
    await until("the first bytes to be read", () => served.bytes > 0);
    expect((await within("the refusal", (await fetch()).answer)).status).toBe(503);
    exchange.fin();
    await until("the source to be let go of", () => served.returned === 1);
    const before = served.bytes;
    const next = await fetch();
    next.pause();
    await until("the next to be served", () => served.bytes > before);
    next.fin();
    await until("the next to be let go of", () => served.returned === 2);
  });

  it("cuts the answer where the source fails, so that nobody takes it for the whole", async () => {
    const { fetch, served } = await serving(1_000_000, { failAfter: 500_000 });
    const exchange = await fetch();
    await expect(within("the cut", exchange.answer)).rejects.toThrow();
    expect(served.returned).toBe(1);
  });
});

/** A condition that holds once a number is the same twice, half a second apart. */
function stops(read: () => number): () => boolean {
  let last = -1;
  let sinceMs = performance.now();
  return () => {
    const now = read();
    if (now !== last) {
      last = now;
      sinceMs = performance.now();
    }
    return performance.now() - sinceMs > 500;
  };
}
