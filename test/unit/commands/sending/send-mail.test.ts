import { describe, expect, it } from "vitest";
import { ComposeMail, RightsManagement, textElement } from "../../../../src/wbxml/index.js";
import { alice, bob, mailToBob, message, SendingBench } from "./sending-bench.js";

describe("SendMail", () => {
  it.each(["14.0", "14.1", "16.0", "16.1"] as const)("sends a document's message in %s", async (version) => {
    const bench = new SendingBench();
    expect(await bench.mail("SendMail", mailToBob(), {}, { version })).toBe("sent");
    expect(bench.mailbox.submission.sent).toMatchObject([{ sender: alice, recipients: [bob] }]);
    expect(bench.out).toBe(mailToBob().toString());
    expect(await bench.items(bob, "inbox")).toMatchObject([{ subject: "Lunch", from: alice, read: false }]);
    expect(await bench.items(alice, "sent")).toEqual([]);
  });

  it("sends a bare message in 12.1, and saves it for SaveInSent", async () => {
    const bench = new SendingBench();
    expect(await bench.raw("SendMail", mailToBob())).toBe("sent");
    expect(await bench.items(alice, "sent")).toEqual([]);
    expect(await bench.raw("SendMail", mailToBob({ "Message-ID": "<2@phone>" }), { saveInSent: true })).toBe(
      "sent",
    );
    expect(await bench.items(alice, "sent")).toMatchObject([{ subject: "Lunch" }]);
  });

  it("keeps a copy with Bcc, read, and sends none of it", async () => {
    const bench = new SendingBench();
    const mime = mailToBob({ Bcc: "Carol <carol@example.com>,\r\n bob@example.com" });
    expect(await bench.mail("SendMail", mime, { save: true })).toBe("sent");
    expect(bench.out).not.toMatch(/bcc|carol/i);
    expect(bench.mailbox.submission.sent[0]?.recipients).toEqual([bob, "carol@example.com"]);
    const [copy] = await bench.items(alice, "sent");
    expect(copy).toMatchObject({ read: true, to: bob });
    expect(copy?.class === "Email" ? copy.bcc : "").toContain("carol@example.com");
    expect(await bench.items("carol@example.com", "inbox")).toHaveLength(1);
  });

  it("leaves 8-bit content and the order of headers untouched", async () => {
    const bench = new SendingBench();
    const body = Buffer.from([0xe4, 0x00, 0xff, 0x0a, 0x2e, 0x0d, 0x0a, 0xf6]);
    const head = message([
      "X-First: =?UTF-8?Q?=C3=A4?=",
      `From: ${alice}`,
      `To: ${bob}`,
      "Date: Sun, 22 Nov 2026 10:00:00 +0000",
      "Message-ID: <8@phone>",
      "Content-Type: text/plain; charset=iso-8859-1",
      "Content-Transfer-Encoding: 8bit",
      "",
      "",
    ]);
    await bench.mail("SendMail", Buffer.concat([head, body]));
    expect(Buffer.from(bench.mailbox.submission.sent[0]?.message ?? [])).toEqual(Buffer.concat([head, body]));
  });

  it("adds a Date and a Message-ID where there is none", async () => {
    const bench = new SendingBench();
    await bench.mail("SendMail", mailToBob({ Date: undefined, "Message-ID": undefined }));
    expect(bench.out).toMatch(/^Date: .+ \+0000\r\nMessage-ID: <[\w-]{43}@example\.com>\r\n/);
  });

  it.each([
    ["another's address", "Mallory <mallory@example.net>", 'From: "Mallory" <alice@example.com>'],
    ["nothing", undefined, "From: alice@example.com"],
    ["two addresses", "alice@example.com, mallory@example.net", "From: alice@example.com\r\n"],
    [
      "a name beyond ASCII",
      "=?UTF-8?B?w4Q=?= <x@example.net>",
      "From: =?UTF-8?B?w4Q=?=\r\n <alice@example.com>",
    ],
  ])("replaces a From of %s by the user's own", async (_, from, expected) => {
    const bench = new SendingBench();
    await bench.mail("SendMail", mailToBob({ From: from }));
    expect(bench.mailbox.submission.sent[0]?.sender).toBe(alice);
    expect(bench.out).toContain(expected);
    expect(bench.out.match(/^From:/gm)).toHaveLength(1);
    expect(bench.out).not.toContain("example.net>");
  });

  it.each([
    [101, "no document", undefined],
    [103, "no message", []],
    [116, "a recipient that is no address", mailToBob({ To: "bob" })],
    [119, "no recipient", mailToBob({ To: undefined })],
    [119, "an empty group", mailToBob({ To: "undisclosed-recipients:;" })],
    [107, "a message that is none", Buffer.from("\r\n\r\nhello")],
    [107, "bytes without a header", Buffer.from([1, 2, 3, 4])],
  ])("answers %i to %s", async (status, _, mime) => {
    const bench = new SendingBench();
    const told =
      mime === undefined
        ? await bench.raw("SendMail", new Uint8Array(0)).then(() => 101)
        : await bench.mail("SendMail", mime instanceof Buffer ? mime : undefined);
    expect(told).toBe(status);
    expect(bench.mailbox.submission.sent).toEqual([]);
  });

  it("answers 103 without a ClientId, or with one that is too long", async () => {
    const bench = new SendingBench();
    expect(await bench.mail("SendMail", mailToBob(), { clientId: null })).toBe(103);
    expect(await bench.mail("SendMail", mailToBob(), { clientId: "" })).toBe(103);
    expect(await bench.mail("SendMail", mailToBob(), { clientId: "x".repeat(41) })).toBe(103);
    expect(await bench.mail("SendMail", mailToBob(), { clientId: "x".repeat(40) })).toBe("sent");
  });

  it("has neither accounts nor rights management, which there are from 14.1 on", async () => {
    const bench = new SendingBench();
    const account = { extra: [textElement(ComposeMail.AccountId, "7")] };
    expect(await bench.mail("SendMail", mailToBob(), account)).toBe(166);
    expect(await bench.mail("SendMail", mailToBob(), account, { version: "14.0" })).toBe(103);
    const template = {
      extra: [textElement(RightsManagement.TemplateID, "c0ffee00-0000-0000-0000-000000000001")],
    };
    expect(await bench.mail("SendMail", mailToBob(), template)).toBe(168);
    expect(await bench.mail("SendMail", mailToBob(), template, { version: "14.0" })).toBe(103);
    expect(bench.mailbox.submission.sent).toEqual([]);
    const none = {
      extra: [textElement(RightsManagement.TemplateID, "00000000-0000-0000-0000-000000000000")],
    };
    expect(await bench.mail("SendMail", mailToBob({ "Message-ID": "<2@p>" }), none)).toBe("sent");
  });

  it.each([
    ["recipient-unknown", 116, 116],
    ["quota-exceeded", 115, 115],
    ["too-large", 122, 122],
    ["reply-not-allowed", 117, 117],
    ["sending-disabled", 167, 120],
    ["failed", 120, 120],
  ] as const)("tells of a mail that is refused: %s", async (reason, status, before) => {
    const bench = new SendingBench();
    const { submission } = bench.mailbox;
    const take = submission.submit.bind(submission);
    submission.submit = async () => ({ kind: "refused", reason });
    expect(await bench.mail("SendMail", mailToBob(), { clientId: "1", save: true })).toBe(status);
    expect(await bench.mail("SendMail", mailToBob(), { clientId: "1" }, { version: "14.0" })).toBe(before);
    submission.submit = take;
    expect(await bench.items(alice, "sent")).toEqual([]);
    expect(await bench.mail("SendMail", mailToBob(), { clientId: "1" })).toBe("sent");
  });

  it("sends nothing for a user of whom no address is known", async () => {
    const bench = new SendingBench({ user: "alice" });
    Object.assign(bench.mailbox, { userInformation: async () => ({ addresses: [] }) });
    expect(await bench.mail("SendMail", mailToBob())).toBe(167);
    expect(await bench.mail("SendMail", mailToBob(), {}, { version: "14.0" })).toBe(120);
    expect(bench.mailbox.submission.sent).toEqual([]);
  });
});
