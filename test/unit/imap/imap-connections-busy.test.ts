import { ImapConnections, ImapFolders, ImapMailbox, imapChangeSource } from "direct-push/imap";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDirectPush } from "../../../src/direct-push.js";
import { FakeClock, InProcessDevice } from "../../../src/testing/index.js";
import { within } from "../../contract/deadline.js";
import { ScriptedImapServer } from "./scripted-imap-server.js";
import { alice } from "./scripted-watch.js";

let server: ScriptedImapServer;
let connections: ImapConnections;
let clock: FakeClock;

beforeEach(async () => {
  server = await ScriptedImapServer.start((command) =>
    command.startsWith("STATUS ") ? ["* STATUS INBOX (UIDVALIDITY 7 UIDNEXT 1 MESSAGES 0)"] : undefined,
  );
  clock = new FakeClock();
  const { port } = server;
  connections = new ImapConnections({
    host: "127.0.0.1",
    port,
    tls: "none",
    clock,
    maxConnections: 1,
    waitMs: 5_000,
  });
});
afterEach(async () => {
  await connections.close();
  await server.close();
});

test("a phone that finds no connection free is asked to come again later, and is served when there is one", async () => {
  const folders = new ImapFolders(connections, { makeMissing: false });
  const directPush = createDirectPush({
    mailbox: new ImapMailbox(connections, folders),
    source: imapChangeSource(connections, folders),
    clock,
    authenticate: async () => ({ kind: "user", ...alice }),
  });
  const phone = new InProcessDevice(directPush);
  const other = await connections.lease({ ...alice, user: "bob" });
  const startMs = clock.monotonicNow();
  let isAnswered = false;
  const asked = phone.folderSync().finally(() => {
    isAnswered = true;
  });
  while (!isAnswered) {
    if (connections.counts.waiting > 0) await clock.advance(500);
    await new Promise(setImmediate);
  }
  const busy = await asked;
  expect([busy.status, busy.headers["retry-after"]]).toEqual([503, "30"]);
  // It takes several questions, which have one budget.
  expect(clock.monotonicNow() - startMs).toBeLessThanOrEqual(5_500);
  const waiting = phone.folderSync();
  while (connections.counts.waiting === 0) await new Promise(setImmediate);
  other.release();
  expect((await within("the folders", waiting)).status).toBe(200);
  expect(connections.counts).toMatchObject({ working: 0, waiting: 0 });
});
