import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { longIdOf } from "../../../../src/mailbox/item-reference.js";
import type { EmailItem } from "../../../../src/mailbox/items/email.js";
import { readAttachment } from "../../../../src/mime/index.js";
import { AirSyncBase, ComposeMail, element, textElement } from "../../../../src/wbxml/index.js";
import { alice, bob, mailToBob, message, SendingBench, sourceOf } from "./sending-bench.js";

const answer = mailToBob({ Subject: "Re: Report", "Message-ID": "<answer@phone>" }, "See below.");

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../../fixtures/mail/rfc/${name}.eml`, import.meta.url));
}

const question = message([
  `From: "Bob" <${bob}>`,
  `To: ${alice}`,
  "Subject: Report",
  "Message-ID: <q@bob>",
  "References: <a@bob> <b@bob>",
  "Content-Type: text/plain; charset=utf-8",
  "",
  "Is it done?",
  "> It was said to be.",
  "",
]);

const picture = message([
  `From: ${bob}`,
  `To: ${alice}`,
  "Subject: Report",
  "Message-ID: <p@bob>",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="m"',
  "",
  "--m",
  'Content-Type: multipart/related; boundary="r"',
  "",
  "--r",
  "Content-Type: text/html; charset=utf-8",
  "",
  '<html><head><style>p{color:red}</style></head><body><p>Look: <img src="cid:pic@bob"></p></body></html>',
  "--r",
  "Content-Type: image/png; name=pic.png",
  "Content-ID: <pic@bob>",
  "Content-Disposition: inline; filename=pic.png",
  "Content-Transfer-Encoding: base64",
  "",
  "UE5H",
  "--r--",
  "--m",
  "Content-Type: application/pdf; name*=UTF-8''%C3%9Cbersicht.pdf",
  "Content-Disposition: attachment; filename*=UTF-8''%C3%9Cbersicht.pdf",
  "Content-Transfer-Encoding: base64",
  "",
  "JVBERg==",
  "--m--",
  "",
]);

/** What Bob reads. */
async function received(bench: SendingBench): Promise<EmailItem> {
  const item = (await bench.items(bob, "inbox")).at(-1);
  if (item?.class !== "Email") throw new Error("Bob got nothing");
  return item;
}

describe("SmartReply", () => {
  it.each(["12.1", "14.0", "16.1"] as const)(
    "quotes the original below the answer in %s",
    async (version) => {
      const bench = new SendingBench();
      const id = bench.mailbox.deliver(alice, question);
      const told =
        version === "12.1"
          ? await bench.raw("SmartReply", answer, { collectionId: "inbox", itemId: id })
          : await bench.mail("SmartReply", answer, { source: sourceOf("inbox", id) }, { version });
      expect(told).toBe("sent");
      const mail = await received(bench);
      expect(mail.subject).toBe("Re: Report");
      const text = mail.body?.plain?.data ?? "";
      expect(text).toMatch(/^See below\./);
      expect(text).toContain(`From: "Bob" <${bob}>`);
      expect(text).toContain("\n> Is it done?\n>> It was said to be.");
      expect(mail.body?.html).toBeUndefined();
      expect(bench.out).toContain("In-Reply-To: <q@bob>\r\nReferences: <a@bob>\r\n <b@bob>\r\n <q@bob>\r\n");
      expect(bench.out).toContain("Message-ID: <answer@phone>\r\n");
    },
  );

  it("quotes HTML as HTML, with its styles and the images that it shows, and no other attachment", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, picture);
    expect(await bench.mail("SmartReply", answer, { source: sourceOf("inbox", id) })).toBe("sent");
    const mail = await received(bench);
    expect(mail.body?.html?.data).toMatch(
      /See below\.[\s\S]*<blockquote[^>]*><style>p\{color:red\}<\/style><p>Look/,
    );
    expect(mail.body?.html?.data).not.toMatch(/<\/body>[\s\S]+</);
    expect(mail.attachments).toMatchObject([{ displayName: "pic.png", contentId: "pic@bob", inline: true }]);
  });

  it("keeps what the user wrote in HTML, with its own images apart from the original's", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, picture);
    const own = Buffer.from(
      picture
        .toString()
        .replace("From: bob", "From: alice")
        .replace("To: alice", "To: bob")
        .replace("<p@bob>", "<own@alice>")
        .replace("UE5H", "T1dO")
        .replace("Look", "Mine"),
    );
    expect(await bench.mail("SmartReply", own, { source: sourceOf("inbox", id) })).toBe("sent");
    const mail = await received(bench);
    const ids = mail.attachments?.filter(({ inline }) => inline).map(({ contentId }) => contentId);
    expect(new Set(ids).size).toBe(2);
    for (const contentId of ids ?? []) expect(mail.body?.html?.data).toContain(`cid:${contentId}`);
    expect(mail.body?.html?.data).toMatch(/Mine[\s\S]*Look[\s\S]*<\/body>/);
  });

  it("escapes what stands around the quoted text", async () => {
    const bench = new SendingBench();
    const text = question.toString().replace("Is it done?", "<script>alert(1)</script>");
    const id = bench.mailbox.deliver(alice, text);
    const html = mailToBob({ "Content-Type": "text/html", "Message-ID": "<h@p>" }, "<p>See</p>");
    await bench.mail("SmartReply", html, { source: sourceOf("inbox", id) });
    const shown = (await received(bench)).body?.html?.data ?? "";
    expect(shown).toContain("&lt;script&gt;");
    expect(shown).toContain("&lt;bob@example.com&gt;");
  });

  it("sends the message as it is with ReplaceMime, and threads it", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, question);
    await bench.mail("SmartReply", answer, { source: sourceOf("inbox", id), replaceMime: true });
    expect(bench.out.endsWith(answer.toString())).toBe(true);
    expect(bench.out.startsWith("In-Reply-To: <q@bob>\r\n")).toBe(true);
  });

  it("never touches what is signed", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, question);
    const signed = fixture("smime-signed");
    await bench.mail("SmartReply", signed, { source: sourceOf("inbox", id) });
    const body = signed.subarray(
      signed.indexOf("\r\n\r\n") < 0 ? signed.indexOf("\n\n") : signed.indexOf("\r\n\r\n"),
    );
    expect(bench.out.endsWith(body.toString())).toBe(true);
  });

  it.each([
    ["reply", "SmartReply", {}],
    ["reply-all", "SmartReply", { Cc: "carol@example.com" }],
    ["forward", "SmartForward", {}],
  ] as const)("marks the original: %s", async (executed, command, headers) => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, question);
    const before = bench.mailbox.snapshot(alice, "inbox").get(id)?.version;
    await bench.mail(command, mailToBob(headers), { source: sourceOf("inbox", id), replaceMime: true });
    const [item] = await bench.items(alice, "inbox");
    expect(item).toMatchObject({ lastVerb: { executed, atMs: bench.clock.now() } });
    expect(bench.mailbox.snapshot(alice, "inbox").get(id)?.version).not.toBe(before);
  });
});

describe("SmartForward", () => {
  it("passes text, images and attachments on, unharmed", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, picture);
    expect(await bench.mail("SmartForward", answer, { source: sourceOf("inbox", id), save: true })).toBe(
      "sent",
    );
    const mail = await received(bench);
    expect(mail.attachments?.map(({ displayName }) => displayName).sort()).toEqual([
      "pic.png",
      "Übersicht.pdf",
    ]);
    expect(mail.body?.html?.data).toMatch(/See below\.[\s\S]*Look: <img src="cid:pic@bob">/);
    const raw = bench.mailbox.submission.sent[0]?.message ?? new Uint8Array(0);
    const contents = await Promise.all(
      [0, 1].map(async (index) => (await readAttachment(raw, index))?.content),
    );
    expect(contents.map((content) => Buffer.from(content ?? []).toString()).sort()).toEqual(["%PDF", "PNG"]);
    expect(await bench.items(alice, "sent")).toMatchObject([{ attachments: { length: 2 } }]);
  });

  it("passes a sealed mail on whole", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, fixture("smime-encrypted"));
    await bench.mail("SmartForward", answer, { source: sourceOf("inbox", id) });
    expect((await received(bench)).attachments).toMatchObject([
      { displayName: "message.eml", method: "embedded" },
    ]);
  });

  it("puts the original beside what is signed, which it leaves alone", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, question);
    const signed = fixture("smime-signed")
      .toString("latin1")
      .replace(/^To:.*$/m, `To: ${bob}`);
    await bench.mail("SmartForward", Buffer.from(signed, "latin1"), { source: sourceOf("inbox", id) });
    expect(bench.out).toMatch(/^Content-Type: multipart\/mixed/m);
    const sealed = signed.slice(signed.search(/\r?\n\r?\n/)).trim();
    expect(bench.out).toContain(sealed);
    expect(bench.out).toContain("Is it done?");
  });

  it("finds the original by LongId", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, question);
    const longId = longIdOf({ folder: "inbox", item: id });
    const source = [textElement(ComposeMail.LongId, longId)];
    expect(await bench.mail("SmartForward", answer, { source })).toBe("sent");
    expect(await bench.raw("SmartForward", answer, { longId })).toBe("sent");
    const both = [...source, ...sourceOf("inbox", id)];
    expect(await bench.mail("SmartForward", answer, { source: both })).toBe(105);
    expect(await bench.mail("SmartForward", answer, { source: [textElement(ComposeMail.LongId, "?")] })).toBe(
      150,
    );
  });

  it("takes the attachments from the mailbox where it gives no whole message, and all of them or none", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, picture);
    const item = bench.mailbox.item.bind(bench.mailbox);
    bench.mailbox.item = async (...call) => {
      const found = await item(...call);
      if (found?.class !== "Email" || found.body === undefined) return found;
      const { mime: _, ...body } = found.body;
      return { ...found, body };
    };
    expect(await bench.mail("SmartForward", answer, { source: sourceOf("inbox", id) })).toBe("sent");
    expect(bench.out).toContain("JVBERg==");
    bench.mailbox.attachment = async () => ({ kind: "not-found" });
    expect(await bench.mail("SmartForward", answer, { source: sourceOf("inbox", id) })).toBe(120);
    expect(bench.mailbox.submission.sent).toHaveLength(1);
  });

  it("builds the message of Forwardees from 16.0 on", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, question);
    const forwardee = element(ComposeMail.Forwardee, [
      textElement(ComposeMail.Email, bob),
      textElement(ComposeMail.Name, "Bäb"),
    ]);
    const to = element(ComposeMail.Forwardees, [forwardee]);
    const body = element(AirSyncBase.Body, [
      textElement(AirSyncBase.Type, 1),
      textElement(AirSyncBase.Data, "Für dich"),
    ]);
    const source = sourceOf("inbox", id);
    expect(await bench.mail("SmartForward", undefined, { source, extra: [to, body] })).toBe("sent");
    const mail = await received(bench);
    expect(mail).toMatchObject({ subject: "FW: Report", from: alice, to: `"Bäb" <${bob}>` });
    expect(mail.body?.plain?.data).toMatch(/^Für dich[\s\S]*Is it done\?/);
    expect(await bench.mail("SmartForward", answer, { source, extra: [to] })).toBe(178);
    const nobody = element(ComposeMail.Forwardees, [element(ComposeMail.Forwardee, [])]);
    expect(await bench.mail("SmartForward", undefined, { source, extra: [nobody] })).toBe(179);
    expect(await bench.mail("SmartForward", undefined, { source, extra: [to] }, { version: "14.1" })).toBe(
      103,
    );
  });
});

describe("the source of a reply or forward", () => {
  it.each(["SmartReply", "SmartForward"] as const)("is refused by %s", async (command) => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, question);
    const task = { class: "Tasks", subject: "x", complete: false } as const;
    const taskId = bench.mailbox.addItem(alice, "tasks", task);
    const at = (time: string) => [...sourceOf("inbox", id), textElement(ComposeMail.InstanceId, time)];
    const cases = [
      [103, []],
      [105, [textElement(ComposeMail.ItemId, id)]],
      [105, [textElement(ComposeMail.FolderId, "inbox")]],
      [150, sourceOf("inbox", "gone")],
      [150, sourceOf("nowhere", id)],
      [147, sourceOf("tasks", taskId)],
      [104, at("yesterday")],
      [146, at("2010-04-08T18:16:00.000Z")],
    ] as const;
    for (const [status, source] of cases) expect(await bench.mail(command, answer, { source })).toBe(status);
    expect(await bench.mail(command, answer, {})).toBe(103);
    expect(await bench.raw(command, answer)).toBe(103);
    bench.mailbox.poison(alice, "inbox", id);
    const broken = command === "SmartReply" ? 121 : 120;
    expect(await bench.mail(command, answer, { source: sourceOf("inbox", id) })).toBe(broken);
    expect(bench.mailbox.submission.sent).toEqual([]);
  });
});
