import { describe, expect, it } from "vitest";
import { createDirectPush, type EasResponse, type RequestLimits } from "../../../../src/index.js";
import { MemoryMailbox } from "../../../../src/testing/index.js";
import { AirSyncBase, element, encode, ItemOperations, textElement } from "../../../../src/wbxml/index.js";

const pieceBytes = 64 * 1024;
const sizeBytes = 50 * 1024 * 1024;

/** A server whose one attachment is made while it is read, or until it breaks. */
function start(
  brokenAfter = Number.POSITIVE_INFINITY,
  limits: RequestLimits = { maxConcurrentPerDevice: 1, maxConcurrentPerUser: 1 },
) {
  const state = { made: 0, returned: 0 };
  async function* content(): AsyncGenerator<Uint8Array> {
    try {
      while (state.made < sizeBytes) {
        if (state.made >= brokenAfter) throw new Error("the disk is gone");
        state.made += pieceBytes;
        yield Buffer.alloc(pieceBytes);
      }
    } finally {
      state.returned += 1;
    }
  }
  const mailbox = new MemoryMailbox();
  mailbox.attachment = async () => ({
    kind: "attachment",
    contentType: "a/b",
    sizeBytes,
    content: content(),
  });
  const sourceFailures: unknown[] = [];
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    limits,
    authenticate: async () => ({ kind: "user", user: "alice" }),
  });
  directPush.events.on("sourceFailed", ({ error }) => sourceFailures.push(error));
  const request = (
    command: string,
    version: string,
    headers: Record<string, string> = {},
  ): Promise<EasResponse> =>
    directPush.handle({
      method: "POST",
      url: `/Microsoft-Server-ActiveSync?Cmd=${command}&User=a&DeviceId=D&DeviceType=T&AttachmentName=x`,
      headers: { authorization: "Basic YTph", "ms-asprotocolversion": version, ...headers },
      body: command === "GetAttachment" ? new Uint8Array(0) : encode(document),
      remoteAddress: undefined,
      raw: undefined,
    });
  return { state, request, directPush, sourceFailures };
}

const document = element(ItemOperations.ItemOperations, [
  element(ItemOperations.Fetch, [
    textElement(ItemOperations.Store, "Mailbox"),
    textElement(AirSyncBase.FileReference, "x"),
  ]),
]);

function streamOf({ body }: EasResponse): AsyncIterable<Uint8Array> {
  if (body === null || body instanceof Uint8Array) throw new Error("the answer is no stream");
  return body;
}

describe("an attachment of 50 MB", () => {
  it.each([
    ["inline", "ItemOperations", "16.1", {}],
    ["in parts", "ItemOperations", "16.1", { "ms-asacceptmultipart": "T" }],
    ["to GetAttachment", "GetAttachment", "12.1", {}],
  ])("is never ahead of its reader by more than a piece (%s)", async (how, command, version, headers) => {
    const { state, request } = start();
    const response = await request(command, version, headers);
    expect(state.made).toBe(0);
    const wireBytesOfOne = how === "inline" ? 4 / 3 : 1;
    let read = 0;
    let ahead = 0;
    for await (const chunk of streamOf(response)) {
      read += chunk.length;
      ahead = Math.max(ahead, state.made - read / wireBytesOfOne);
    }
    expect(String(read)).toBe(response.headers["content-length"]);
    expect(read).toBeGreaterThanOrEqual(sizeBytes);
    expect(ahead).toBeLessThanOrEqual(pieceBytes);
    expect(state.returned).toBe(1);
  });

  it.each(["maxConcurrentPerDevice", "maxConcurrentPerUser"])(
    "counts for %s until it is over, and no longer",
    async (ceiling) => {
      const { state, request, sourceFailures } = start(undefined, { [ceiling]: 1 });
      const first = await request("ItemOperations", "16.1");
      expect((await request("ItemOperations", "16.1")).status).toBe(503);
      for await (const _ of streamOf(first)) break;
      const second = await request("ItemOperations", "16.1");
      expect(second.status).toBe(200);
      // Whoever never reads it lets go of it all the same.
      await streamOf(second)[Symbol.asyncIterator]().return?.();
      expect((await request("ItemOperations", "16.1")).status).toBe(200);
      expect(state.returned).toBe(0);
      expect(sourceFailures).toEqual([]);
    },
  );

  it("is told of when it breaks off, and gives its place free", async () => {
    const { request, sourceFailures } = start(10 * pieceBytes);
    const read = async (): Promise<void> => {
      for await (const _ of streamOf(await request("ItemOperations", "16.1")));
    };
    await expect(read()).rejects.toThrow("the disk is gone");
    expect(sourceFailures).toMatchObject([{ code: "ERR_CALL_FAILED" }]);
    await expect(read()).rejects.toThrow("the disk is gone");
  });
});
