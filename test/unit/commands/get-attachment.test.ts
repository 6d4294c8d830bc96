import { describe, expect, it } from "vitest";
import { createDirectPush, type ProtocolVersion } from "../../../src/index.js";
import { type DeviceAnswer, InProcessDevice, MemoryMailbox } from "../../../src/testing/index.js";
import { mailWithAttachments, pictureBytes, user } from "./item-operations/item-operations-bench.js";

const path = "/Microsoft-Server-ActiveSync";

async function start(mailbox: MemoryMailbox = new MemoryMailbox(), version: ProtocolVersion = "12.1") {
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    authenticate: async () => ({ kind: "user", user }),
  });
  const device = new InProcessDevice(directPush, { version });
  const id = mailbox.deliver(user, mailWithAttachments);
  const item = await mailbox.item({ user }, "inbox", id, { bodies: [], withBody: false });
  const reference = (item?.class === "Email" ? item.attachments?.[0]?.fileReference : undefined) ?? "";
  const get = async (name: string): Promise<DeviceAnswer> => {
    const query = `Cmd=GetAttachment&User=alice&DeviceId=D1&DeviceType=SP${name}`;
    return await device.send("GetAttachment", undefined, { url: `${path}?${query}` }).answer;
  };
  return {
    mailbox,
    device,
    id,
    get,
    byName: (name = reference) => get(`&AttachmentName=${encodeURIComponent(name)}`),
  };
}

function giving(contentType: string, kind: "attachment" | "forbidden" = "attachment"): MemoryMailbox {
  const mailbox = new MemoryMailbox();
  async function* content(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("abc");
  }
  mailbox.attachment = async () =>
    kind === "forbidden" ? { kind } : { kind, contentType, sizeBytes: 3, content: content() };
  return mailbox;
}

describe("GetAttachment", () => {
  it("answers with the attachment as it is", async () => {
    const { byName } = await start();
    const { status, headers, body } = await byName();
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("image/png");
    expect(headers["content-length"]).toBe("10");
    expect(body).toEqual(pictureBytes);
  });

  it("answers 500 for one that is gone or never was, and 400 where the query names none", async () => {
    const { byName, get, mailbox, id } = await start();
    mailbox.removeItem(user, "inbox", id);
    expect((await byName()).status).toBe(500);
    expect((await byName("made up")).status).toBe(500);
    expect((await get("")).status).toBe(400);
    expect((await get("&AttachmentName=")).status).toBe(400);
  });

  it("answers 403 for what the user may not, and 503 where the mailbox cannot be reached", async () => {
    expect((await (await start(giving("a/b", "forbidden"))).byName("x")).status).toBe(403);
    const { byName, mailbox } = await start();
    mailbox.faults.failWith(new Error("down"), ["attachment"]);
    expect((await byName()).status).toBe(503);
  });

  it("is not there from 14.0 on", async () => {
    for (const version of ["14.0", "16.1"] as const) {
      const { byName } = await start(new MemoryMailbox(), version);
      expect((await byName()).status).toBe(400);
    }
  });

  it("is neither there nor advertised where the mailbox gives no attachments", async () => {
    const mailbox = Object.assign(new MemoryMailbox(), { attachment: undefined });
    const { byName, device } = await start(mailbox as unknown as MemoryMailbox);
    expect((await byName("x")).status).toBe(501);
    expect((await device.options()).headers["ms-asprotocolcommands"]).not.toContain("GetAttachment");
    expect((await (await start()).device.options()).headers["ms-asprotocolcommands"]).toContain(
      "GetAttachment",
    );
  });

  it.each([
    ["image/png", "image/png"],
    [" text/plain; charset=utf-8 ", "text/plain; charset=utf-8"],
    ['application/x; name="a b"', 'application/x; name="a b"'],
    ["text/html\r\nset-cookie: a=b", "application/octet-stream"],
    ['text/html; a="\n"', "application/octet-stream"],
    ['text/html; a="\u{1f4ce}"', "application/octet-stream"],
    ["nonsense", "application/octet-stream"],
    ["", "application/octet-stream"],
    [`a/${"b".repeat(300)}`, "application/octet-stream"],
  ])("sends the type %j as %s", async (contentType, sent) => {
    const { byName } = await start(giving(contentType));
    expect((await byName("x")).headers["content-type"]).toBe(sent);
  });
});
