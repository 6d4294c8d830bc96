/** How an integrator tests: `node --import tsx --test examples/custom-source/custom-source.test.ts`. Any other test runner will do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDirectPush } from "direct-push";
import {
  FakeClock,
  InProcessDevice,
  MemoryMailbox,
  MockChangeSource,
  mailboxChangeSourceContract,
  mailboxContract,
} from "direct-push/testing";
import { AirSyncBase, child, childText, Email, Ping } from "direct-push/wbxml";
import { storeChangeSource } from "./change-source.js";
import { MailStore } from "./mail-store.js";
import { storeMailbox } from "./mailbox.js";

const alice = { user: "alice@example.com" };
const mail = { from: "bob@example.com", to: alice.user, subject: "Lunch?", text: "At noon." };

for (const { name, run } of mailboxChangeSourceContract(() => {
  const store = new MailStore();
  const add = async (): Promise<void> => void store.add(alice.user, "inbox", { ...mail, receivedMs: 0 });
  return {
    source: storeChangeSource(store),
    mailbox: alice,
    folder: "inbox",
    otherFolder: "sent",
    change: add,
  };
})) {
  test(`change source: ${name}`, run);
}

for (const { name, run } of mailboxContract(() => {
  const store = new MailStore();
  return {
    mailbox: storeMailbox(store),
    ref: alice,
    folder: "inbox",
    otherFolder: "trash",
    add: async (dateMs) => store.add(alice.user, "inbox", { ...mail, receivedMs: dateMs }).id,
  };
})) {
  test(`mailbox: ${name}`, run);
}

test("a mail in the store answers a held Ping, and the phone syncs it", async () => {
  const store = new MailStore();
  const clock = new FakeClock();
  const directPush = createDirectPush({
    mailbox: storeMailbox(store),
    source: storeChangeSource(store),
    authenticate: async () => ({ kind: "user", ...alice }),
    clock,
  });
  const phone = new InProcessDevice(directPush);
  await phone.folderSync();
  await phone.syncAll("inbox");
  const ping = phone.ping({ heartbeatSeconds: 900, folders: ["inbox"] });
  await clock.advance(600_000);
  assert.equal(ping.isAnswered, false);

  store.add(alice.user, "inbox", { ...mail, receivedMs: clock.now() });
  await clock.advance(1_000);
  assert.equal(childText((await ping.answer).document, Ping.Status), "2");
  const [synced] = await phone.syncAll("inbox");
  const data = synced?.added[0]?.data;
  assert.equal(childText(data, Email.Subject), "Lunch?");
  assert.equal(childText(child(data, AirSyncBase.Body), AirSyncBase.Data), "At noon.");
  await directPush.close();
});

test("a change source that fails asks the phone to come back later, and never for its password", async () => {
  const clock = new FakeClock();
  const source = new MockChangeSource(clock);
  const directPush = createDirectPush({
    mailbox: new MemoryMailbox({ clock }),
    source,
    authenticate: async () => ({ kind: "user", ...alice }),
    clock,
  });
  const phone = new InProcessDevice(directPush);
  await phone.folderSync();
  await phone.syncAll("inbox");
  source.watchBehaviour = { kind: "reject", error: new Error("the bus is away") };
  const ping = phone.ping({ heartbeatSeconds: 900, folders: ["inbox"] });
  await clock.advance(1_000);
  assert.equal((await ping.answer).status, 503);
  assert.equal(directPush.heldCount, 0);
  await directPush.close();
});
