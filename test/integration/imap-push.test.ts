import { ComposeMail, element, textElement } from "direct-push/wbxml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesElement } from "../../src/wbxml/writing.js";
import { until, within } from "../contract/deadline.js";
import { submissionServer } from "../unit/imap/submission-server.js";
import { Dovecot, dovecotIsThere } from "./dovecot.js";
import type { DovecotOptions } from "./dovecot-configuration.js";
import { ImapServer } from "./imap-server.js";

const ways: readonly { way: string; options: DovecotOptions }[] = [
  { way: "NOTIFY", options: {} },
  { way: "IDLE", options: { without: ["NOTIFY"] } },
  { way: "IDLE without CONDSTORE", options: { without: ["NOTIFY", "CONDSTORE", "QRESYNC"] } },
];

const isThere = dovecotIsThere();

describe.skipIf(!isThere).each(ways)("phones in front of Dovecot with $way", ({ options }) => {
  let dovecot: Dovecot;
  let server: ImapServer;
  beforeAll(async () => {
    dovecot = await Dovecot.start({ users: ["alice", "bob", "carol", "dave"], ...options });
    server = await new ImapServer(dovecot, { source: { pollMs: 1_000, treePollMs: 1_000 } }).listen();
  });
  afterAll(async () => {
    await server?.close();
    await dovecot?.remove();
  });

  test("mail that is delivered wakes the held Pings of all devices of its user, through one connection", async () => {
    const phones = [1, 2, 3].map((number) => server.phone("alice", undefined, `PHONE${number}`));
    await Promise.all(phones.map((phone) => phone.start()));
    for (const subject of ["First", "Second"]) {
      await dovecot.deliver("alice", subject);
      await Promise.all(
        phones.map((phone) => phone.until(subject, () => phone.subjects.has(subject) && phone.isWaiting)),
      );
    }
    const { idle, working } = server.connections.counts;
    expect(await dovecot.connectionsOf("alice")).toBeLessThanOrEqual(1 + idle + working);
    for (const { failures } of phones) expect(failures).toEqual([]);
  });

  test("a flag that another mail program sets, and a mail that it moves away, reach the phone", async () => {
    await dovecot.deliver("bob", "Read me");
    await dovecot.deliver("bob", "Move me");
    const phone = server.phone("bob");
    await phone.start();
    await phone.until("both mails", () => phone.subjects.size === 2 && phone.isWaiting);
    const other = await dovecot.client("bob");
    await other.mailboxOpen("INBOX");
    await other.messageFlagsAdd({ subject: "Read me" }, ["\\Seen", "\\Flagged"]);
    await phone.until("the flag", () => phone.changes === 1 && phone.isWaiting);
    await other.messageMove({ subject: "Move me" }, "Trash");
    await phone.until("the mail to go", () => phone.changes === 2 && phone.isWaiting);
    expect(phone.failures).toEqual([]);
  });

  test("a folder that is made elsewhere, and mail in a folder that is no inbox, reach the phone", async () => {
    const phone = server.phone("carol");
    await phone.start();
    const other = await dovecot.client("carol");
    await other.mailboxCreate("Größe/Below");
    await phone.until(
      "the folder",
      () => phone.client.folders.some(({ name }) => name === "Below") && phone.isWaiting,
    );
    await other.append("Sent", "Subject: Sent elsewhere\r\nFrom: carol@example.com\r\n\r\nHello.\r\n");
    await phone.until("the mail", () => phone.subjects.has("Sent elsewhere"));
    expect(phone.failures).toEqual([]);
  });

  test("a mail server that knows first may say so", async () => {
    const phone = server.phone("dave");
    await phone.start();
    await dovecot.deliver("dave", "Told of");
    server.source.changed("dave");
    await phone.until("the mail", () => phone.subjects.has("Told of"));
  });
});

describe.skipIf(!isThere)("a Dovecot that fails", () => {
  const users = Array.from({ length: 200 }, (_, index) => `user${index}`);
  let dovecot: Dovecot;
  let server: ImapServer;
  beforeAll(async () => {
    dovecot = await Dovecot.start({ users: [...users, "alice", "bob", "carol"] });
    server = await new ImapServer(dovecot).listen();
  });
  afterAll(async () => {
    await server?.close();
    await dovecot?.remove();
  });

  test("refuses a wrong password with 401, and takes the right one", async () => {
    const phone = server.phone("alice", "wrong");
    expect(await phone.client.folderSync()).toEqual({ kind: "unauthorised" });
    const right = server.phone("alice");
    expect((await right.client.folderSync()).kind).toBe("synced");
    await dovecot.setPasswords({ alice: "new" });
    const changed = server.phone("alice", "new");
    expect((await changed.client.folderSync()).kind).toBe("synced");
  });

  test("is never a wrong password while it is stopped, and heals by itself", async () => {
    const before = server.phone("bob");
    expect((await before.client.folderSync()).kind).toBe("synced");
    await dovecot.stop();
    await until("the connections to end", () => server.connections.counts.idle === 0);
    const kinds = new Set<string>();
    for (let time = 0; time < 6; time += 1) {
      for (const phone of [server.phone("bob"), server.phone("carol"), server.phone("carol", "wrong")]) {
        const result = await phone.client.folderSync();
        kinds.add(result.kind === "busy" ? `${result.httpStatus} ${result.retryAfterSeconds}` : result.kind);
      }
    }
    expect([...kinds]).toEqual(["503 1"]);
    await dovecot.restart();
    const phone = server.phone("carol");
    await phone.start();
    await dovecot.deliver("carol", "Back again");
    await phone.until("the mail", () => phone.subjects.has("Back again"));
  });

  test("restarts while 200 Pings are held, and every phone gets what came meanwhile", async () => {
    const held = new Set<string>();
    server.directPush.events.on("held", ({ user }) => held.add(user));
    const phones = users.map((user) => server.phone(user));
    await Promise.all(phones.map((phone) => phone.start()));
    await until("200 Pings to be held", () => held.size >= users.length);
    expect(server.source.watchedUsers).toBeGreaterThanOrEqual(users.length);
    await dovecot.stop();
    await dovecot.restart();
    for (const user of users) await dovecot.deliver(user, "While you were held");
    const woken = phones.map((phone) =>
      phone.until(
        `the mail of ${phone.user}`,
        () => phone.subjects.has("While you were held") && phone.isWaiting,
      ),
    );
    await within("all phones to have it", Promise.all(woken));
    for (const { failures } of phones)
      expect(failures.filter((failure) => !failure.startsWith("busy"))).toEqual([]);
  });
});

test.skipIf(!isThere)("a mail that a phone sends goes out, and its copy is in Sent", async () => {
  const smtp = await submissionServer();
  const dovecot = await Dovecot.start();
  const server = await new ImapServer(dovecot, { smtpPort: smtp.port }).listen();
  try {
    const { client } = server.phone("alice");
    const message = Buffer.from(
      "From: alice@example.com\r\nTo: bob@example.com\r\nSubject: Out\r\n\r\nHello.\r\n",
    );
    expect((await client.folderSync()).kind).toBe("synced");
    const sent = await client.command(
      "SendMail",
      element(ComposeMail.SendMail, [
        textElement(ComposeMail.ClientId, "1"),
        element(ComposeMail.SaveInSentItems, []),
        bytesElement(ComposeMail.Mime, message),
      ]),
    );
    expect(sent).toMatchObject({ kind: "answer" });
    expect(smtp.taken).toMatchObject([{ from: "alice@example.com", to: ["bob@example.com"] }]);
    const other = await dovecot.client("alice");
    await other.mailboxOpen("Sent");
    expect(await other.search({ subject: "Out", seen: true })).toHaveLength(1);
  } finally {
    await server.close();
    await dovecot.remove();
    await smtp.close();
  }
});
