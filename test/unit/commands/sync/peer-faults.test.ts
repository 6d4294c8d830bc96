import { describe, expect, it } from "vitest";
import { hasPendingChanges, pingState } from "../../../../src/sync-state/pending.js";
import { AirSync, Contacts, Email, element, textElement } from "../../../../src/wbxml/index.js";
import { addCommand, changeCommand, collectionsOf, SyncBench, syncRequest } from "./sync-bench.js";

async function bench(wishes: ConstructorParameters<typeof SyncBench>[0] = {}): Promise<SyncBench> {
  const made = new SyncBench(wishes);
  await made.folderSync();
  return made;
}

describe("faults that other servers have, and this one must not", () => {
  it("Z-Push: the fifth replay of one SyncKey deletes a good mail", async () => {
    const server = await bench();
    const ids = [server.mail("a"), server.mail("b"), server.mail("c")];
    const key = await server.start();
    for (let replay = 0; replay < 12; replay += 1) {
      const answer = await server.one({ key });
      expect([...answer.adds].sort()).toEqual([...ids].sort());
      expect([...answer.deletes, ...answer.softDeletes]).toEqual([]);
    }
    const last = await server.one({ key });
    expect((await server.sync(syncRequest([{ key: last.key }]))).outcome).toEqual({ kind: "empty" });
  });

  it("Z-Push: a replayed key with a broken item among good ones still delivers the good ones", async () => {
    const server = await bench();
    const [good, bad] = [server.mail("good"), server.mail("bad")];
    server.mailbox.poison(server.user, "inbox", bad);
    const key = await server.start();
    for (let replay = 0; replay < 8; replay += 1) {
      expect(await server.one({ key })).toMatchObject({ adds: [good], deletes: [], status: "1" });
    }
  });

  it("Z-Push: one unknown CollectionId in a Sync resets the whole account: here it costs that collection alone", async () => {
    const server = await bench();
    const key = await server.all();
    const id = server.mail();
    const request = syncRequest([{ id: "no-such-folder", key: "0" }, { key }]);
    const [gone, inbox] = collectionsOf(await server.sync(request));
    expect(gone).toMatchObject({ id: "no-such-folder", status: "12" });
    expect(inbox).toMatchObject({ id: "inbox", status: "1", adds: [id] });
  });

  it("a folder that was deleted is Status 12 on its collection, and the others go on", async () => {
    const server = await bench();
    const folder = server.mailbox.createFolder(server.user, { name: "Project" }).id;
    const [project, inbox] = [await server.all(folder), await server.all()];
    server.mailbox.deleteFolder(server.user, folder);
    const id = server.mail();
    const request = syncRequest([{ id: folder, key: project }, { key: inbox }]);
    expect(collectionsOf(await server.sync(request))).toMatchObject([
      { id: folder, key: project, status: "12" },
      { id: "inbox", status: "1", adds: [id] },
    ]);
  });

  it("a mailbox that fails for one folder costs that collection alone", async () => {
    const server = await bench();
    const [inbox, contacts] = [await server.all(), await server.all("contacts")];
    server.mailbox.addItem(server.user, "contacts", { class: "Contacts", firstName: "Ann" });
    const changes = server.mailbox.changes.bind(server.mailbox);
    server.mailbox.changes = async (ref, folder, query) => {
      if (folder === "inbox") throw new Error("this folder is away");
      return changes(ref, folder, query);
    };
    const request = syncRequest([{ key: inbox }, { id: "contacts", key: contacts }]);
    expect(collectionsOf(await server.sync(request)).map(({ status }) => status)).toEqual(["16", "1"]);
  });

  it("Z-Push: a change that cancels out in the counters is missed", async () => {
    const server = await bench();
    const [gone, unread] = [server.mail("gone"), server.mail("unread")];
    const key = await server.all();
    server.mailbox.removeItem(server.user, "inbox", gone);
    const added = server.mail("added");
    server.mailbox.setRead(server.user, "inbox", unread);
    expect(await server.one({ key })).toMatchObject({
      adds: [added],
      changes: [unread],
      deletes: [gone],
    });
  });

  it("Z-Push: the device's own Sync wakes its own Ping", async () => {
    const server = await bench();
    const id = server.mail();
    const [inbox, contacts] = [await server.all(), await server.all("contacts")];
    const data = [textElement(Contacts.FirstName, "Ann")];
    await server.one({ id: "contacts", key: contacts, commands: [addCommand("c1", data)] });
    const commands = [changeCommand(id, [textElement(Email.Read, 1)])];
    await server.one({ key: inbox, getChanges: false, commands });
    expect(await hasPendingChanges(server.context(), "contacts")).toBe(false);
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(false);
  });

  it("SOGo: wakes again for mail just synced", async () => {
    const server = await bench();
    const key = await server.all();
    server.mail();
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(true);
    await server.one({ key });
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(false);
    const state = await pingState(server.context(), "inbox");
    expect(state).toMatchObject({
      kind: "synced",
      marker: await server.mailbox.marker({ user: server.user }, "inbox"),
    });
  });

  it("Z-Push: malformed input is HTTP 500: here Status 4", async () => {
    const server = await bench();
    for (const document of [
      element(AirSync.Collections, []),
      element(AirSync.Sync, [element(AirSync.Collections, [element(AirSync.Collection, [])])]),
      { tag: AirSync.Sync, content: "text" },
      { tag: AirSync.Sync, content: new Uint8Array([1, 2]) },
    ]) {
      const { outcome } = await server.sync(document);
      expect(outcome).toMatchObject({ kind: "document" });
    }
  });
});

describe("pending changes", () => {
  it("are there for a folder without state: only what was synced is held for, so the state is lost", async () => {
    const server = await bench();
    server.mail();
    expect(await pingState(server.context(), "inbox")).toEqual({ kind: "never-synced" });
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(true);
  });

  it("are there while the device was told that there is more", async () => {
    const server = await bench();
    server.mail();
    server.mail();
    const { key } = await server.one({ key: await server.start(), windowSize: 1 });
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(true);
    expect(await pingState(server.context(), "inbox")).toMatchObject({ marker: undefined });
    await server.one({ key });
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(false);
  });

  it("do not count what the filter leaves out, what cannot be rendered, and with the policy what is no addition", async () => {
    const server = await bench();
    const day = [textElement(AirSync.FilterType, 1)];
    const known = server.mail("known");
    const key = await server.all("inbox", { options: day });
    server.mail("old", server.clock.now() - 30 * 86_400_000);
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(false);
    server.mailbox.poison(server.user, "inbox", server.mail("bad"));
    const skipped = await server.one({ key });
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(false);
    expect(skipped.adds).toEqual([]);
    server.mailbox.setRead(server.user, "inbox", known);
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(true);
    const additions = server.context({ options: { wakePolicy: "additions" } });
    expect(await hasPendingChanges(additions, "inbox")).toBe(false);
    server.mail("new");
    expect(await hasPendingChanges(additions, "inbox")).toBe(true);
  });

  it("are there after the mailbox forgot the cursor, and end with the Sync that compares", async () => {
    const server = await bench();
    server.mail();
    const key = await server.all();
    server.mailbox.expireCursors(server.user, "inbox");
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(true);
    expect((await server.sync(syncRequest([{ key }]))).outcome).toEqual({ kind: "empty" });
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(false);
  });
});

describe("version 12.1", () => {
  it("lists every collection of a non-empty answer; later versions leave out what is unchanged", async () => {
    for (const [version, expected] of [
      ["12.1", ["inbox", "contacts"]],
      ["14.0", ["inbox"]],
    ] as const) {
      const server = await bench({ version });
      const [inbox, contacts] = [await server.all(), await server.all("contacts")];
      server.mail();
      const request = syncRequest([{ key: inbox }, { id: "contacts", key: contacts }]);
      const answers = collectionsOf(await server.sync(request));
      expect(answers.map(({ id }) => id)).toEqual(expected);
      if (version === "12.1") expect(answers[1]).toMatchObject({ key: contacts, status: "1" });
    }
  });
});
