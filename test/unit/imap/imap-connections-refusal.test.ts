import { ImapConnections } from "direct-push/imap";
import { afterEach, expect, test } from "vitest";
import { ScriptedImapServer } from "./scripted-imap-server.js";

const login = { kind: "password", user: "alice", password: "secret" } as const;
const refusal = "NO [AUTHENTICATIONFAILED] Authentication failed.";

let server: ScriptedImapServer;
let connections: ImapConnections;
afterEach(async () => {
  await connections.close();
  await server.close();
});

async function start(onLogin: () => readonly string[]): Promise<ImapConnections> {
  server = await ScriptedImapServer.start((command) =>
    command.startsWith("LOGIN ") ? onLogin() : undefined,
  );
  connections = new ImapConnections({ host: "127.0.0.1", port: server.port, tls: "none" });
  return connections;
}

test("a login that a server refuses which goes on working is refused, after one attempt", async () => {
  await start(() => [refusal]);
  expect(await connections.checkLogin("alice", login)).toBe("refused");
  const other = { ...login, password: "another" };
  expect(
    await Promise.all([connections.checkLogin("alice", other), connections.checkLogin("alice", other)]),
  ).toEqual(["refused", "refused"]);
  expect(server.commands.filter((command) => command.startsWith("LOGIN "))).toHaveLength(2);
});

test("a login that a server refuses while it ends is not refused", async () => {
  await start(() => {
    server.stopTaking();
    return [refusal];
  });
  await expect(connections.checkLogin("alice", login)).rejects.toMatchObject({
    code: "ERR_MAILBOX_UNAVAILABLE",
  });
});

test("nor is one of a server that greets nobody any more", async () => {
  let isEnding = false;
  await start(() => {
    isEnding = true;
    server.greeting = "* BYE shutting down";
    return [refusal];
  });
  await expect(connections.checkLogin("alice", login)).rejects.toMatchObject({
    code: "ERR_MAILBOX_UNAVAILABLE",
  });
  expect(isEnding).toBe(true);
});

test("nor is one of a server that closes new connections soon", async () => {
  await start(() => {
    setTimeout(() => server.hangUp(), 200);
    return [refusal];
  });
  await expect(connections.checkLogin("alice", login)).rejects.toMatchObject({
    code: "ERR_MAILBOX_UNAVAILABLE",
  });
});
