import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EmailItem } from "../../../src/mailbox/items/email.js";
import type { DraftComposition } from "../../../src/mailbox/mail-draft.js";
import { mailComposer } from "../../../src/mime/index.js";
import { headerValues, splitMessage } from "../../../src/mime/message-bytes.js";

const composer = mailComposer();
const content = { text: "text", html: undefined, attachments: [] } as const;

async function draft(more: Partial<DraftComposition> = {}): Promise<EmailItem> {
  const composed = await composer.composeDraft({
    base: undefined,
    headers: {},
    content,
    senderAddresses: ["alice@example.com"],
    nowMs: Date.UTC(2026, 10, 22),
    token: "token",
    ...more,
  });
  if (composed.kind !== "draft") throw new Error(composed.reason);
  return composed.item;
}

function textOf(item: EmailItem): string {
  return Buffer.from(item.body?.mime?.data ?? []).toString("utf8");
}

describe("a draft", () => {
  it("has a date, a sender and a name, and nothing that nobody gave", async () => {
    const [head] = textOf(await draft()).split("\r\n\r\n");
    expect(head?.split("\r\n").map((line) => line.split(":", 1)[0])).toEqual([
      "Date",
      "From",
      "Message-ID",
      "Content-Transfer-Encoding",
      "MIME-Version",
      "Content-Type",
    ]);
  });

  it("keeps what stands in the message that it is made of, byte by byte", async () => {
    const raw = `From: other@example.com\nDate: x\nTo: bob@example.com\nImportance: high\nX-Priority: 1\nX-A: 1\nContent-Type: text/x-own\n\n\t own\n`;
    const kept = textOf(await draft({ base: Buffer.from(raw), content: undefined }));
    expect(kept).toContain(
      "From: other@example.com\nTo: bob@example.com\nImportance: high\nX-Priority: 1\nX-A: 1\n",
    );
    expect(kept).toMatch(/\n\r\n\t own\n$/);
    const headers = { to: "", importance: "normal", subject: "S" } as const;
    const changed = textOf(await draft({ base: Buffer.from(raw), headers, content }));
    expect(changed).not.toMatch(/^(?:To|Importance|X-Priority|Content-Type: text\/x-own)/im);
    expect(changed).toMatch(/^Subject: S\r\n[\s\S]*X-A: 1\n[\s\S]*\r\n\r\ntext\s*$/m);
  });

  it("is none where there is no message", async () => {
    const base = Buffer.from("no message");
    const nothing = { headers: {}, senderAddresses: ["a@example.com"], nowMs: 0, token: "t" };
    const composed = await composer.composeDraft({ ...nothing, base, content: undefined });
    expect(composed.kind).toBe("invalid-message");
  });

  it("has the headers that were given, whatever stands in them", async () => {
    const property = fc.asyncProperty(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({ unit: "binary", maxLength: 60 }),
      async (subject, name) => {
        const to = `${JSON.stringify(name)} <bob@example.com>`;
        const item = await draft({ headers: { to, subject } });
        const written = splitMessage(item.body?.mime?.data ?? new Uint8Array(0));
        if (written === undefined) throw new Error("no message");
        const names = written.headers.map((header) => header.name);
        const own = ["date", "from", "to", "subject", "message-id"];
        const ofContent = ["content-type", "content-transfer-encoding", "mime-version"];
        expect(names.filter((one) => !own.includes(one) && !ofContent.includes(one))).toEqual([]);
        expect(headerValues(written, "to").join()).toContain("bob@example.com");
        expect(textOf(item).split("\r\n\r\n")[0]).toMatch(/^[\r\n\t -~]*$/);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });
});
