import { expect, it } from "vitest";
import { MemoryStateStore } from "../../../src/state/memory-state-store.js";
import { type SentMail, updateSentMail } from "../../../src/state/sent-mail-record.js";

const key = "sent/alice/phone";

async function known(store: MemoryStateStore, clientId: string): Promise<SentMail | undefined> {
  return updateSentMail(store, "alice", "phone", clientId, (mail) => ({ result: mail }));
}

it("remembers, replaces and forgets a mail", async () => {
  const store = new MemoryStateStore();
  const mail: SentMail = { clientId: "1", fingerprint: "f", state: "sending", atMs: 5 };
  for (const note of [mail, { ...mail, state: "done" } as const]) {
    await updateSentMail(store, "alice", "phone", "1", () => ({ result: undefined, note }));
    expect(await known(store, "1")).toEqual(note);
  }
  expect(JSON.parse((await store.read(key))?.value ?? "{}")).toMatchObject({ mails: { length: 1 } });
  await updateSentMail(store, "alice", "phone", "1", () => ({ result: undefined, note: "forget" }));
  expect(await known(store, "1")).toBeUndefined();
});

it.each([
  "{}",
  "no JSON",
  '{"mails":[{"clientId":1,"state":"done","atMs":5}]}',
  '{"mails":[{"clientId":"1","state":"lost","atMs":5}]}',
  '{"mails":[{"clientId":"1","state":"done"}]}',
])("takes %s for no record", async (text) => {
  const store = new MemoryStateStore();
  await store.write(key, text, undefined);
  expect(await known(store, "1")).toBeUndefined();
});

it("keeps the other mails when one is not readable", async () => {
  const store = new MemoryStateStore();
  const mails = [
    { clientId: "1", state: "done", atMs: 5 },
    { clientId: "2", state: "lost", atMs: 5 },
    { clientId: "3", state: "submitted", atMs: 5 },
  ];
  await store.write(key, JSON.stringify({ mails }), undefined);
  expect(await known(store, "1")).toEqual(mails[0]);
  expect(await known(store, "2")).toBeUndefined();
  expect(await known(store, "3")).toEqual(mails[2]);
});

it("reads any time", async () => {
  const store = new MemoryStateStore();
  for (const atMs of [5.25, -5]) {
    const note: SentMail = { clientId: "1", state: "done", atMs };
    await updateSentMail(store, "alice", "phone", "1", () => ({ result: undefined, note }));
    expect(await known(store, "1")).toEqual(note);
  }
});
