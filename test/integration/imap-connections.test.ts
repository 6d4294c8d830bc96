import { ImapConnections, imapAuthentication } from "direct-push/imap";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dovecot, dovecotIsThere, masterUser, passwordOf } from "./dovecot.js";

const alice = { user: "alice", login: { kind: "password", user: "alice", password: passwordOf("alice") } };

describe.skipIf(!dovecotIsThere())("connections to Dovecot", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await Dovecot.start();
  });
  afterAll(() => dovecot.remove());

  test("a login is checked, and its connection used", async () => {
    const connections = new ImapConnections({ host: dovecot.host, port: dovecot.imapPort, tls: "none" });
    const authenticate = imapAuthentication(connections);
    const taken = await authenticate({
      kind: "basic",
      user: "EXAMPLE\\Alice",
      password: passwordOf("alice"),
    });
    expect(taken).toEqual({ kind: "user", user: "alice", login: alice.login });
    expect(await authenticate({ kind: "basic", user: "alice", password: "wrong" })).toEqual({
      kind: "refused",
    });
    expect(connections.counts.idle).toBe(1);
    await dovecot.deliver("alice", "Hello");
    const count = await connections.inFolder(alice, "INBOX", async (_client, opened) => opened.exists);
    expect(count).toEqual({ kind: "done", value: 1 });
    expect(await connections.inFolder(alice, "No such", async () => 1)).toEqual({ kind: "folder-missing" });
    expect(connections.counts).toEqual({ working: 0, idle: 1, waiting: 0 });
    await connections.close();
  });

  test.each(["authzid", "suffix"] as const)("a master user opens mailboxes by %s", async (form) => {
    const credentials = { kind: "master", ...masterUser, form } as const;
    const connections = new ImapConnections({
      host: dovecot.host,
      port: dovecot.imapPort,
      tls: "none",
      credentials,
    });
    await dovecot.deliver("bob", "Hello, Bob");
    const count = await connections.inFolder({ user: "bob" }, "INBOX", async (client) =>
      client.search({ subject: "Bob" }),
    );
    expect(count.kind === "done" && Array.isArray(count.value) && count.value.length > 0).toBe(true);
    await connections.close();
  });
});
