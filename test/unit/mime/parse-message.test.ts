import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMessage, previewOf, readAttachment } from "../../../src/mime/index.js";

const folder = new URL("../../fixtures/mail/", import.meta.url);

function message(name: string): Uint8Array {
  return readFileSync(new URL(`${name}.eml`, folder));
}

describe("parseMessage", () => {
  it("takes headers, body and conversation of a plain mail", async () => {
    const raw = message("rfc/plain");
    expect(await parseMessage(raw)).toEqual({
      class: "Email",
      subject: "Re: Fwd: RE[2]: Lunch on Friday",
      from: '"Ann Example" <ann@example.org>',
      to: '"Bob" <bob@example.net>, carol@example.net',
      cc: "dave@example.net",
      replyTo: 'replies@example.org; "List" <list@example.org>',
      sender: "assistant@example.org",
      displayTo: "Bob; carol@example.net",
      dateReceivedMs: Date.UTC(2010, 3, 8, 18, 17, 30),
      importance: "high",
      messageClass: "IPM.Note",
      internetCodePage: 65_001,
      threadTopic: "Lunch on Friday",
      conversationId: expect.objectContaining({ length: 16 }),
      conversationIndex: expect.objectContaining({ length: 15 }),
      body: { native: "plain", plain: { data: "Shall we say noon?\n\nAnn\n" }, mime: { data: raw } },
    });
  });

  it("prefers the time that the caller knows", async () => {
    const parsed = await parseMessage(message("rfc/plain"), { receivedMs: 1_000_000 });
    expect(parsed.dateReceivedMs).toBe(1_000_000);
  });

  it("takes the Date when nothing tells when it was received", async () => {
    const parsed = await parseMessage(message("rfc/html"));
    expect(parsed.dateReceivedMs).toBe(Date.UTC(2010, 3, 8, 18, 16));
  });

  it("puts a mail and its answers into one conversation", async () => {
    const root = await parseMessage(Buffer.from("Message-ID: <root@example.org>\r\n\r\n"));
    const answer = await parseMessage(message("rfc/plain"));
    const other = await parseMessage(message("rfc/html"));
    expect(answer.conversationId).toEqual(root.conversationId);
    expect(other.conversationId).not.toEqual(root.conversationId);
    expect(root.conversationIndex).toHaveLength(5);
  });

  it("keeps HTML as the native form and makes a preview of it", async () => {
    const { body } = await parseMessage(message("rfc/html"));
    expect(body?.native).toBe("html");
    expect(body?.html?.data).toContain("<p>Dear Bob,</p>");
    expect(body?.plain).toBeUndefined();
    expect(body && previewOf(body, 30)).toBe("Dear Bob, the price is 5 € < 6");
  });

  it("keeps both forms of an alternative", async () => {
    const { body, importance } = await parseMessage(message("rfc/alternative"));
    expect(body).toMatchObject({
      native: "html",
      plain: { data: "The plain text.\n" },
      html: { data: "<p>The <b>HTML</b> text.</p>\n" },
    });
    expect(importance).toBe("low");
  });

  it("lists attachments and reads them by their index", async () => {
    const raw = message("rfc/attachments");
    const { attachments } = await parseMessage(raw, { fileReference: (index) => `inbox:7:${index}` });
    expect(attachments).toEqual([
      { fileReference: "inbox:7:0", displayName: "Résumé.pdf", sizeBytes: 19 },
      { fileReference: "inbox:7:1", displayName: ".._notes_today.txt", sizeBytes: 8 },
    ]);
    const read = await readAttachment(raw, 1);
    expect(read?.contentType).toBe("text/plain");
    expect(
      Buffer.from(read?.content ?? [])
        .toString()
        .trim(),
    ).toBe("A note.");
    expect(await readAttachment(raw, 2)).toBeUndefined();
  });

  it("marks an image that the HTML shows", async () => {
    const { attachments } = await parseMessage(message("rfc/inline-image"));
    expect(attachments).toEqual([
      {
        fileReference: "0",
        displayName: "dot.png",
        sizeBytes: 33,
        contentId: "dot@example.org",
        inline: true,
      },
    ]);
  });

  it("lists an attached message as one", async () => {
    const { attachments, body } = await parseMessage(message("rfc/nested-message"));
    expect(attachments).toMatchObject([{ method: "embedded", displayName: "attachment-1.eml" }]);
    expect(body?.plain?.data).toBe("See below.\n");
    const inner = await readAttachment(message("rfc/nested-message"), 0);
    expect((await parseMessage(inner?.content ?? new Uint8Array(0))).subject).toBe("The inner mail");
  });

  it("decodes header words, quotes names and flattens groups", async () => {
    const parsed = await parseMessage(message("rfc/encoded-headers"));
    expect(parsed).toMatchObject({
      subject: "Grüße aus München 😀",
      from: '"Jürgen \\"J\\" Müller" <juergen@example.org>',
      to: '"André" <andre@example.net>, x@example.net, y@example.net',
      internetCodePage: 20127,
    });
  });

  it("decodes Latin-1", async () => {
    const { body, internetCodePage } = await parseMessage(message("rfc/latin-1"));
    expect(body?.plain?.data).toBe("Café crème ß\n");
    expect(internetCodePage).toBe(28591);
  });

  it.each([
    ["rfc/smime-signed", "IPM.Note.SMIME.MultipartSigned"],
    ["rfc/smime-encrypted", "IPM.Note.SMIME"],
    ["rfc/delivery-report", "REPORT.IPM.Note.NDR"],
  ])("%s is of class %s", async (name, messageClass) => {
    expect((await parseMessage(message(name))).messageClass).toBe(messageClass);
  });
});

describe("parseMessage with malformed mail", () => {
  const names = readdirSync(new URL("malformed/", folder)).map(
    (file) => `malformed/${file.replace(".eml", "")}`,
  );

  it.each(names)("makes a mail of %s", async (name) => {
    const raw = message(name);
    const parsed = await parseMessage(raw, { receivedMs: 5 });
    expect(parsed).toMatchObject({ class: "Email", dateReceivedMs: 5 });
    expect(parsed.body?.mime?.data === raw).toBe(true);
    expect(typeof parsed.body?.plain?.data).toBe("string");
    expect(parsed.subject).not.toMatch(/[\r\n\0]/);
  });

  it("shows the whole message when it cannot be taken apart", async () => {
    const raw = message("malformed/too-deep");
    const parsed = await parseMessage(raw);
    expect(parsed.subject).toBe("Too deëp");
    expect(parsed.from).toBe('"Ann Example" <ann@example.org>');
    expect(parsed.body?.plain?.data).toBe(Buffer.from(raw).toString());
    expect(await readAttachment(raw, 0)).toBeUndefined();
  });

  it("keeps what can be read of broken base64 and of a cut message", async () => {
    expect((await parseMessage(message("malformed/broken-base64"))).body?.plain?.data).toBe("Hello world");
    expect((await parseMessage(message("malformed/unclosed-multipart"))).body?.plain?.data.trim()).toBe(
      "The text is cut o",
    );
  });

  it("never rejects, whatever the bytes", async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (raw) => {
      expect((await parseMessage(raw)).class).toBe("Email");
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it("never rejects when a good mail is cut or damaged", async () => {
    const good = message("rfc/inline-image");
    const property = fc.asyncProperty(
      fc.nat(good.length),
      fc.nat(good.length - 1),
      fc.nat(255),
      async (length, at, byte) => {
        const damaged = Uint8Array.from(good.subarray(0, length));
        if (at < length) damaged[at] = byte;
        expect((await parseMessage(damaged)).body?.mime?.data).toBe(damaged);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});
