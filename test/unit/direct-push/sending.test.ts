import { expect, it } from "vitest";
import { createDirectPush, type DirectPushOptions } from "../../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../src/testing/index.js";
import { ComposeMail, childText, Email, element, Ping, textElement } from "../../../src/wbxml/index.js";
import { bytesElement } from "../../../src/wbxml/writing.js";

const alice = "alice@example.com";
const bob = "bob@example.com";

interface Bench {
  readonly clock: FakeClock;
  readonly mailbox: MemoryMailbox;
  readonly failures: unknown[];
  readonly directPush: ReturnType<typeof createDirectPush>;
}

function setUp(options: Partial<DirectPushOptions> = {}): Bench {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    submission: mailbox.submission,
    clock,
    authenticate: async (attempt) =>
      attempt.kind === "basic" ? { kind: "user", user: attempt.user } : { kind: "refused" },
    ...options,
  });
  const failures: unknown[] = [];
  directPush.events.on("requestFailed", (event) => failures.push(event));
  directPush.events.on("sourceFailed", (event) => failures.push(event));
  return { clock, mailbox, directPush, failures };
}

const mail = Buffer.from(
  `From: ${alice}\r\nTo: ${bob}\r\nSubject: Lunch?\r\nMessage-ID: <1@phone>\r\n\r\nNoon.\r\n`,
);

function sendMail(clientId = "1"): ReturnType<typeof element> {
  return element(ComposeMail.SendMail, [
    textElement(ComposeMail.ClientId, clientId),
    element(ComposeMail.SaveInSentItems, []),
    bytesElement(ComposeMail.Mime, mail),
  ]);
}

it.each(["14.0", "14.1", "16.0", "16.1"] as const)(
  "a mail of one user's phone answers the held Ping of another's, in %s",
  async (version) => {
    const { clock, mailbox, directPush, failures } = setUp();
    const hers = new InProcessDevice(directPush, { user: alice, version });
    const his = new InProcessDevice(directPush, { user: bob, version, deviceId: "DEVICE2" });
    const hersToo = new InProcessDevice(directPush, { user: alice, version, deviceId: "DEVICE3" });
    for (const phone of [hers, his, hersToo]) await phone.folderSync();
    await his.syncAll("inbox");
    await hersToo.syncAll("sent");
    const ping = his.ping({ heartbeatSeconds: 480, folders: ["inbox"] });
    const sentPing = hersToo.ping({ heartbeatSeconds: 480, folders: ["sent"] });
    await clock.advance(10_000);
    expect([ping.isAnswered, sentPing.isAnswered]).toEqual([false, false]);
    expect((await hers.options()).headers["ms-asprotocolcommands"]).toContain(
      "SendMail,SmartForward,SmartReply",
    );
    const answer = await hers.command("SendMail", sendMail());
    expect([answer.status, answer.headers["content-length"], answer.document]).toEqual([200, "0", undefined]);
    await clock.advance(1_000);
    expect(childText((await ping.answer).document, Ping.Status)).toBe("2");
    expect(childText((await sentPing.answer).document, Ping.Status)).toBe("2");
    const [got] = (await his.sync("inbox")).added;
    expect(childText(got?.data, Email.Subject)).toBe("Lunch?");
    expect((await hersToo.sync("sent")).added).toHaveLength(1);
    // The answer was lost on the way: the phone sends it again.
    expect((await hers.command("SendMail", sendMail())).body).toBeNull();
    expect((await his.sync("inbox")).added).toEqual([]);
    expect(mailbox.submission.sent).toHaveLength(1);
    expect(failures).toEqual([]);
    await directPush.close();
  },
);

it.each(["plain", "base64"] as const)(
  "a reply of 12.1 with a %s query is answered by HTTP statuses",
  async (queryForm) => {
    const { mailbox, directPush } = setUp();
    const id = mailbox.deliver(alice, `From: ${bob}\r\nTo: ${alice}\r\nSubject: Q\r\n\r\nReady?\r\n`);
    const phone = new InProcessDevice(directPush, { user: alice, version: "12.1" });
    const send = async (
      item: string,
    ): Promise<{ readonly status: number; readonly body: Uint8Array | null }> => {
      const base = "/Microsoft-Server-ActiveSync?";
      const parameter = (tag: number, value: string): Buffer =>
        Buffer.concat([Buffer.from([tag, value.length]), Buffer.from(value)]);
      const bytes = Buffer.concat([
        Buffer.from([121, 3, 9, 4, 7]),
        Buffer.from("DEVICE1"),
        Buffer.from([0, 2]),
        Buffer.from("SP"),
        parameter(1, "inbox"),
        parameter(3, item),
        Buffer.from([7, 1, 1]),
      ]);
      const plain = `Cmd=SmartReply&User=a&DeviceId=DEVICE1&DeviceType=SP&CollectionId=inbox&ItemId=${item}&SaveInSent=T`;
      const url = `${base}${queryForm === "plain" ? plain : bytes.toString("base64")}`;
      const headers = { "content-type": "message/rfc822", "content-length": String(mail.length) };
      return phone.send("SmartReply", undefined, { url, headers, body: mail }).answer;
    };
    expect(await send(id)).toMatchObject({ status: 200, body: null });
    expect(Buffer.from(mailbox.submission.sent[0]?.message ?? []).toString()).toContain("> Ready?");
    expect(mailbox.snapshot(alice, "sent").size).toBe(1);
    expect(await send("gone")).toMatchObject({ status: 200 });
    await directPush.close();
  },
);

it.each([
  ["14.1", 200, "150"],
  ["12.1", 500, undefined],
] as const)("a reply to nothing is refused in %s", async (version, status, inDocument) => {
  const { directPush } = setUp();
  const phone = new InProcessDevice(directPush, { user: alice, version });
  const source = element(ComposeMail.Source, [
    textElement(ComposeMail.FolderId, "inbox"),
    textElement(ComposeMail.ItemId, "gone"),
  ]);
  const document = element(ComposeMail.SmartReply, [
    textElement(ComposeMail.ClientId, "1"),
    source,
    bytesElement(ComposeMail.Mime, mail),
  ]);
  const url = `/Microsoft-Server-ActiveSync?Cmd=SmartReply&User=a&DeviceId=D&DeviceType=SP&CollectionId=inbox&ItemId=gone`;
  const answer =
    version === "12.1"
      ? await phone.send("SmartReply", undefined, {
          url,
          body: mail,
          headers: { "content-type": "message/rfc822", "content-length": String(mail.length) },
        }).answer
      : await phone.command("SmartReply", document);
  expect(answer.status).toBe(status);
  expect(childText(answer.document, ComposeMail.Status)).toBe(inDocument);
});

it("a mail server that is down or silent is 503, and the retry goes out once", async () => {
  const { clock, mailbox, directPush } = setUp({ callTimeoutMs: 5_000 });
  const phone = new InProcessDevice(directPush, { user: alice });
  mailbox.faults.failWith(new Error("connection refused"), ["submit"]);
  const down = await phone.command("SendMail", sendMail());
  expect([down.status, down.headers["retry-after"]]).toEqual([503, "30"]);
  mailbox.faults.hang(["submit"]);
  const silent = phone.command("SendMail", sendMail());
  await clock.settle();
  await clock.advance(6_000);
  expect((await silent).status).toBe(503);
  // What was given up goes on behind our back: the token keeps it from going out twice.
  mailbox.faults.recover();
  expect((await phone.command("SendMail", sendMail())).status).toBe(200);
  await clock.settle();
  expect(mailbox.submission.sent).toHaveLength(1);
  expect(mailbox.snapshot(bob, "inbox").size).toBe(1);
});

it("without a submission the commands are not there", async () => {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    clock,
    authenticate: async () => ({ kind: "user", user: alice }),
  });
  const phone = new InProcessDevice(directPush, { version: "14.1" });
  expect((await phone.options()).headers["ms-asprotocolcommands"]).not.toMatch(/SendMail|Smart/);
  expect(childText((await phone.command("SendMail", sendMail())).document, ComposeMail.Status)).toBe("137");
});

it.each([
  ["submission", "x"],
  ["submission.submit", {}],
  ["submission.composer", { submit: async () => ({ kind: "sent" }) }],
])("%s is checked", (name, submission) => {
  expect(() => setUp({ submission: submission as never })).toThrow(`${name} must be`);
});
