import { type SmtpSubmissionOptions, smtpSubmission } from "direct-push/imap";
import type { SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";
import { listeningServer, refusal, type SubmissionServer, submissionServer } from "./submission-server.js";

const alice = { user: "alice", login: { kind: "password", user: "alice", password: "secret" } };
const mail = {
  message: Buffer.from("From: alice@example.com\r\nSubject: Hi\r\n\r\nHello,\r\n.\r\nBob\r\n"),
  sender: "alice@example.com",
  recipients: ["bob@example.com", "carol@example.com"],
  submissionToken: "1",
};

let server: SubmissionServer | undefined;
afterEach(() => server?.close());

async function setUp(options: Partial<SmtpSubmissionOptions> = {}, smtp: SMTPServerOptions = {}) {
  server = await submissionServer(smtp);
  return smtpSubmission({ host: "127.0.0.1", port: server.port, tls: "none", ...options });
}

/** A server that answers the command about a recipient so. */
function refusing(responses: Readonly<Record<string, Error>>): SMTPServerOptions {
  return { onRcptTo: ({ address }, _session, done) => done(responses[address] ?? null) };
}

describe("SMTP submission", () => {
  it("hands a mail on as it is, with the user's login", async () => {
    const submission = await setUp();
    expect(await submission.submit(alice, mail)).toEqual({ kind: "sent" });
    expect(server?.taken).toEqual([
      { from: mail.sender, to: mail.recipients, text: mail.message.toString(), login: "alice" },
    ]);
  });

  it("sends the repeat of a mail nowhere, but what failed again", async () => {
    let isDown = true;
    const submission = await setUp(
      {},
      {
        onMailFrom: (_address, _session, done) => (isDown ? done(refusal(451, "4.3.0 Later")) : done()),
      },
    );
    await expect(submission.submit(alice, mail)).rejects.toMatchObject({ code: "ERR_MAILBOX_UNAVAILABLE" });
    isDown = false;
    const both = await Promise.all([submission.submit(alice, mail), submission.submit(alice, mail)]);
    expect(both).toEqual([{ kind: "sent" }, { kind: "sent" }]);
    expect(await submission.submit(alice, mail)).toEqual({ kind: "sent" });
    expect(server?.taken).toHaveLength(1);
    expect(await submission.submit({ ...alice, user: "another" }, mail)).toEqual({ kind: "sent" });
    expect(server?.taken).toHaveLength(2);
  });

  it.each([
    ["5.1.1 No such user", 550, "recipient-unknown"],
    ["No such user", 550, "recipient-unknown"],
    ["5.2.2 Mailbox full", 552, "quota-exceeded"],
    ["5.3.4 Message too big", 552, "too-large"],
    ["5.7.1 Not you", 550, "failed"],
  ] as const)("tells what is refused for good: %s", async (message, code, reason) => {
    const error = refusal(code, message);
    const submission = await setUp(
      {},
      refusing(Object.fromEntries(mail.recipients.map((to) => [to, error]))),
    );
    expect(await submission.submit(alice, mail)).toMatchObject({ kind: "refused", reason });
  });

  it("tells a sender who may not from a mail that is too large", async () => {
    const submission = await setUp(
      {},
      {
        onMailFrom: (_address, _session, done) => done(refusal(550, "5.7.1 Not yours")),
      },
    );
    expect(await submission.submit(alice, mail)).toMatchObject({
      kind: "refused",
      reason: "sending-disabled",
    });
    await server?.close();
    const small = await setUp(
      {},
      {
        onData: (stream, _session, done) => {
          stream.resume();
          stream.on("end", () => done(refusal(552, "5.3.4 Too big")));
        },
      },
    );
    expect(await small.submit(alice, mail)).toMatchObject({ kind: "refused", reason: "too-large" });
  });

  it("is for later when one of several refusals is", async () => {
    const [first, second] = mail.recipients;
    const responses = { [first ?? ""]: refusal(550, "5.1.1 No"), [second ?? ""]: refusal(450, "4.2.1 Busy") };
    const submission = await setUp({}, refusing(responses));
    await expect(submission.submit(alice, mail)).rejects.toMatchObject({ code: "ERR_MAILBOX_UNAVAILABLE" });
  });

  it("is sent when somebody gets it, and tells who does not", async () => {
    const notes: string[] = [];
    const notices = {
      use: async (_mailbox: unknown, work: (client: unknown) => Promise<unknown>) =>
        work({ append: async (path: string, content: Buffer) => notes.push(`${path}: ${content}`) }),
    };
    const responses = { [mail.recipients[1] ?? ""]: refusal(550, "5.1.1 No such user") };
    const submission = await setUp({ notices: notices as never }, refusing(responses));
    expect(await submission.submit(alice, mail)).toEqual({ kind: "sent" });
    expect(server?.taken.map(({ to }) => to)).toEqual([["bob@example.com"]]);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("INBOX: From: Mail delivery <alice@example.com>");
    expect(notes[0]).toContain("  carol@example.com\r\n    550 5.1.1 No such user");
    expect(notes[0]).toContain("Subject of the mail: Hi");
  });

  it("tells a login that is refused from a server that is away", async () => {
    const submission = await setUp();
    const wrong = { user: "alice", login: { ...alice.login, password: "wrong" } };
    await expect(submission.submit(wrong, mail)).rejects.toMatchObject({ code: "ERR_LOGIN_REFUSED" });
    await expect(submission.submit({ user: "alice" }, mail)).rejects.toMatchObject({
      code: "ERR_LOGIN_REFUSED",
    });
    await server?.close();
    await expect(submission.submit(alice, mail)).rejects.toMatchObject({ code: "ERR_MAILBOX_UNAVAILABLE" });
  });

  it("logs in with a token", async () => {
    const submission = await setUp();
    const bearer = { user: "alice", login: { kind: "bearer", user: "alice", token: "token" } };
    expect(await submission.submit(bearer, mail)).toEqual({ kind: "sent" });
    expect(server?.taken.map(({ login }) => login)).toEqual(["alice"]);
  });

  it("logs a master user in for the user alone", async () => {
    const credentials = { kind: "master", user: "master", password: "secret" } as const;
    const { port, lines, close } = await listeningServer();
    const submission = smtpSubmission({ host: "127.0.0.1", port, tls: "none", credentials });
    expect(await submission.submit(alice, mail)).toEqual({ kind: "sent" });
    expect(lines).toContain(`AUTH PLAIN ${Buffer.from("alice\0master\0secret").toString("base64")}`);
    close();
  });

  it("knows the addresses that a user may send from", async () => {
    const of = (options: Partial<SmtpSubmissionOptions>, user: string) =>
      smtpSubmission({ host: "h", ...options }).senderAddresses?.({ user });
    expect(await of({}, "alice@example.com")).toEqual(["alice@example.com"]);
    expect(await of({ domain: "example.com" }, "alice")).toEqual(["alice@example.com"]);
    expect(await of({}, "alice")).toEqual([]);
    expect(await of({ senderAddresses: async ({ user }) => [`${user}@a`, `${user}@b`] }, "alice")).toEqual([
      "alice@a",
      "alice@b",
    ]);
    expect(smtpSubmission({ host: "h", serverKeepsCopy: true }).keepsCopies).toBe(true);
  });
});
