import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ImapConnections, imapAuthentication } from "direct-push/imap";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certificate } from "../contract/certificate.js";
import { Dovecot, dovecotIsThere, masterUser, passwordOf } from "./dovecot.js";

const alice = {
  user: "alice",
  login: { kind: "password", user: "alice", password: passwordOf("alice") },
} as const;

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

describe.skipIf(!dovecotIsThere()).each([
  { way: "TLS", tls: "implicit" },
  { way: "STARTTLS", tls: "starttls" },
] as const)("connections to Dovecot by $way", ({ tls }) => {
  let dovecot: Dovecot;
  let ca: string;
  beforeAll(async () => {
    const { cert, key } = await certificate();
    ca = cert;
    dovecot = await Dovecot.start({ tls: { certificate: cert, key, byStartTls: tls === "starttls" } });
  });
  afterAll(() => dovecot.remove());

  test("are opened when the certificate is known, and are secure", async () => {
    const connections = new ImapConnections({
      host: "localhost",
      port: dovecot.imapPort,
      tls,
      tlsOptions: { ca },
    });
    expect(await connections.checkLogin("alice", alice.login)).toBe("taken");
    expect(await connections.checkLogin("alice", { ...alice.login, password: "wrong" })).toBe("refused");
    expect(await connections.use(alice, async (client) => client.secureConnection)).toBe(true);
    await connections.close();
  });

  test("are none when it is not: nothing of the login is sent, and it is not refused", async () => {
    const connections = new ImapConnections({ host: "localhost", port: dovecot.imapPort, tls });
    await expect(connections.checkLogin("alice", alice.login)).rejects.toMatchObject({
      code: "ERR_MAILBOX_UNAVAILABLE",
    });
    await connections.close();
  });
});

test.skipIf(!dovecotIsThere())("without STARTTLS on the server no login is sent in the clear", async () => {
  const dovecot = await Dovecot.start();
  const connections = new ImapConnections({ host: dovecot.host, port: dovecot.imapPort, tls: "starttls" });
  await expect(connections.checkLogin("alice", alice.login)).rejects.toMatchObject({
    code: "ERR_MAILBOX_UNAVAILABLE",
  });
  await connections.close();
  await dovecot.remove();
});

describe.skipIf(!dovecotIsThere()).each([
  { way: "OAUTHBEARER", mechanisms: "oauthbearer xoauth2" },
  { way: "XOAUTH2", mechanisms: "xoauth2" },
])("tokens at Dovecot by $way", ({ way, mechanisms }) => {
  const asked: string[] = [];
  const issuer = createServer((request, response) => {
    const token = new URL(request.url ?? "", "http://issuer").searchParams.get("token") ?? "";
    asked.push(token);
    const answer = token === "good" ? { active: true, username: "alice" } : { active: false };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  let dovecot: Dovecot;
  beforeAll(async () => {
    await once(issuer.listen(0, "127.0.0.1"), "listening");
    const { port } = issuer.address() as AddressInfo;
    dovecot = await Dovecot.start({
      tokens: { url: `http://127.0.0.1:${port}/introspect?token=`, mechanisms },
    });
  });
  afterAll(async () => {
    await dovecot.remove();
    issuer.close();
  });

  test("open the mailbox of who they were given to, and no other", async () => {
    const connections = new ImapConnections({ host: dovecot.host, port: dovecot.imapPort, tls: "none" });
    const authenticate = imapAuthentication(connections, {
      bearer: async (token) => (token === "unknown" ? undefined : { user: "alice" }),
    });
    const attempt = await authenticate({ kind: "bearer", token: "good" });
    expect(attempt).toEqual({
      kind: "user",
      user: "alice",
      login: { kind: "bearer", user: "alice", token: "good" },
    });
    expect(await authenticate({ kind: "bearer", token: "unknown" })).toEqual({ kind: "refused" });
    const mailbox = { user: "alice", login: { kind: "bearer", user: "alice", token: "good" } };
    await dovecot.deliver("alice", "By token");
    const count = await connections.inFolder(mailbox, "INBOX", async (_client, opened) => opened.exists);
    expect(count).toEqual({ kind: "done", value: 1 });
    expect(asked).toContain("good");
    expect(dovecot.log).toContain(`Login: user=<alice>, method=${way}`);
    const stale = { user: "alice", login: { kind: "bearer", user: "alice", token: "stale" } };
    const others = new ImapConnections({ host: dovecot.host, port: dovecot.imapPort, tls: "none" });
    await expect(others.use(stale, async () => 1)).rejects.toMatchObject({ code: "ERR_LOGIN_REFUSED" });
    const foreign = { user: "bob", login: { kind: "bearer", user: "bob", token: "good" } };
    await expect(others.use(foreign, async () => 1)).rejects.toMatchObject({ code: "ERR_LOGIN_REFUSED" });
    await others.close();
    await connections.close();
  });
});
