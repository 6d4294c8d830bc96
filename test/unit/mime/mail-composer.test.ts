import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EmailItem } from "../../../src/mailbox/items/email.js";
import type { ComposedMail, Composition } from "../../../src/mailbox/mail-submission.js";
import { mailComposer } from "../../../src/mime/index.js";
import { headerValues, splitMessage } from "../../../src/mime/message-bytes.js";

const composer = mailComposer();

async function compose(message: string | Uint8Array, more: Partial<Composition> = {}): Promise<ComposedMail> {
  return composer.compose({
    message: typeof message === "string" ? Buffer.from(message) : message,
    senderAddresses: ["alice@example.com", "Alice.Alias@example.com"],
    answered: undefined,
    nowMs: Date.UTC(2026, 10, 22),
    submissionToken: "token",
    ...more,
  });
}

async function composed(
  message: string | Uint8Array,
  more: Partial<Composition> = {},
): Promise<Extract<ComposedMail, { kind: "composed" }>> {
  const mail = await compose(message, more);
  if (mail.kind !== "composed") throw new Error(JSON.stringify(mail));
  return mail;
}

const original: EmailItem = {
  class: "Email",
  subject: "Über",
  from: "bob@example.com",
  to: "alice@example.com",
  dateReceivedMs: 0,
  read: true,
  body: { native: "plain", plain: { data: "old" } },
};

describe("mailComposer", () => {
  it("keeps a From that is one of the user's addresses, as it is written", async () => {
    const mail = await composed("From: Al <ALICE.alias@example.com>\r\nTo: bob@example.com\r\n\r\n");
    expect(mail.sender).toBe("Alice.Alias@example.com");
    expect(Buffer.from(mail.message).toString()).toContain("From: Al <ALICE.alias@example.com>\r\n");
  });

  it("finds recipients in groups, folded and repeated headers, and in UTF-8", async () => {
    const head = [
      "To: Friends: bob@example.com, Carol\r\n <carol@example.com>;, BOB@example.com",
      "To: jörg@example.org",
      'Cc: "Last, First" <d@example.com>',
      "BCC: =?UTF-8?B?w4Q=?= <e@example.com>",
    ].join("\r\n");
    expect((await composed(`${head}\r\n\r\n`)).recipients).toEqual([
      "bob@example.com",
      "carol@example.com",
      "jörg@example.org",
      "d@example.com",
      "e@example.com",
    ]);
  });

  it("takes a Sender that is another's away with its From, and every Bcc", async () => {
    const head =
      "From: m@example.net\r\nSender: m@example.net\r\nTo: b@example.com\r\nBcc: c@example.com\r\nResent-Bcc: d@e.f";
    const { message } = await composed(`${head}\r\n\r\n`);
    expect(Buffer.from(message).toString()).not.toMatch(/sender|bcc|example\.net/i);
  });

  it("reads messages with bare line feeds, and without a body", async () => {
    expect((await composed("To: b@example.com\nSubject: x\n\nbody\n")).recipients).toEqual(["b@example.com"]);
    expect((await composed("To: b@example.com")).recipients).toEqual(["b@example.com"]);
  });

  it.each([
    ["b@example.com\\r\\nRCPT TO:<x@y.z>", 'To: "b@example.com\r\n RCPT TO:<x@y.z>"'],
    ["a blank", "To: <b b@example.com>"],
    ["no domain", "To: <b@>"],
    ["two at signs", "To: <b@c@example.com>"],
  ])("takes no address with %s for one", async (_, head) => {
    const mail = await compose(`${head}\r\n\r\n`);
    if (mail.kind === "composed")
      for (const address of mail.recipients) expect(address).toMatch(/^[^\s<>@]+@[^\s<>@]+$/);
    else expect(mail.kind).toBe("invalid-recipient");
  });

  it("says what is no message", async () => {
    for (const nothing of ["", "\r\n\r\nx", "just text", " To: b@example.com\r\n\r\n"]) {
      expect((await compose(nothing)).kind).toBe("invalid-message");
    }
    expect((await compose("Subject: x\r\n\r\n")).kind).toBe("no-recipient");
  });

  it("puts an original in of which only text is known, under a subject of its own", async () => {
    const answered = { how: "forward", item: original, attachments: [], putIn: true } as const;
    const { message } = await composed("To: b@example.com\r\n\r\nnew", { answered });
    const text = Buffer.from(message).toString();
    expect(text).toContain("Subject: =?UTF-8?B?");
    expect(text).toMatch(/new[\s\S]*From: bob@example\.com[\s\S]*old/);
    expect(text).not.toMatch(/In-Reply-To|References/);
  });

  it("never throws, and never makes a second header of a text", async () => {
    const line = fc.string({ unit: "binary", maxLength: 40 });
    const given = fc.record({
      from: line,
      subject: line,
      body: line,
      bytes: fc.uint8Array({ maxLength: 80 }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ from, subject, body, bytes }) => {
        await compose(bytes);
        const item = { ...original, subject, from, body: { native: "html", html: { data: body } } } as const;
        const message = Buffer.concat([
          Buffer.from("To: b@example.com\r\nFrom: "),
          Buffer.from(from.replaceAll(/[\r\n]/g, "")),
          Buffer.from(" <x@y.z>\r\n\r\n"),
          bytes,
        ]);
        const mail = await compose(message, {
          answered: { how: "reply", item, attachments: [], putIn: true },
        });
        if (mail.kind !== "composed") return;
        const split = splitMessage(mail.message);
        expect(split === undefined ? [] : headerValues(split, "from")).toHaveLength(1);
        expect(split === undefined ? [] : headerValues(split, "subject")).toHaveLength(1);
        await mail.copy();
      }),
      { numRuns: 150 },
    );
  });

  it("answers for hostile HTML in time that grows with its length", async () => {
    const html = "<html".repeat(200_000);
    const item = { ...original, body: { native: "html", html: { data: html } } } as const;
    const answered = { how: "reply", item, attachments: [], putIn: true } as const;
    expect((await composed("To: b@example.com\r\n\r\nnew", { answered })).message.length).toBeGreaterThan(
      1_000_000,
    );
  });
});

describe("fingerprint", () => {
  it("is the Message-ID's, else the Date's and what is around it, else nothing", () => {
    const of = (head: string): string | undefined => composer.fingerprint(Buffer.from(`${head}\r\n\r\nbody`));
    expect(of("Message-ID: <1@a>\r\nSubject: x")).toBe(of("message-id:  <1@a>\r\nDate: now"));
    expect(of("Message-ID: <1@a>")).not.toBe(of("Message-ID: <2@a>"));
    expect(of("Date: now\r\nSubject: x")).not.toBe(of("Date: now\r\nSubject: y"));
    expect(of("Subject: x")).toBeUndefined();
    expect(composer.fingerprint(new Uint8Array(0))).toBeUndefined();
  });
});
