import { describe, expect, it } from "vitest";
import { SyncBench, syncRequest } from "./sync-bench.js";

async function bench(wishes: ConstructorParameters<typeof SyncBench>[0] = {}): Promise<SyncBench> {
  const made = new SyncBench(wishes);
  await made.folderSync();
  return made;
}

describe("items that cannot be rendered", () => {
  it("are skipped and reported, and the folder goes on", async () => {
    const server = await bench();
    const ids = [server.mail("a"), server.mail("b"), server.mail("c")] as const;
    server.mailbox.poison(server.user, "inbox", ids[1]);
    const answer = await server.one({ key: await server.start() });
    expect(answer.status).toBe("1");
    expect([...answer.adds].sort()).toEqual([ids[0], ids[2]].sort());
    expect(server.skipped.map(({ itemId }) => itemId)).toEqual([ids[1]]);
    expect((await server.sync(syncRequest([{ key: answer.key }]))).outcome).toEqual({ kind: "empty" });
    expect(server.skipped).toHaveLength(1);
  });

  it("are skipped when they are the only new one", async () => {
    const server = await bench();
    server.mail("good");
    const key = await server.all();
    server.mailbox.poison(server.user, "inbox", server.mail("bad"));
    const answer = await server.one({ key });
    expect(answer).toMatchObject({ status: "1", adds: [] });
    const good = server.mail("next");
    expect((await server.one({ key: answer.key })).adds).toEqual([good]);
  });

  it("are skipped when they are alone in the folder", async () => {
    const server = await bench();
    server.mailbox.poison(server.user, "inbox", server.mail("bad"));
    const key = await server.start();
    await server.sync(syncRequest([{ key }]));
    expect(server.skipped).toHaveLength(1);
  });

  it("are tried again when they change", async () => {
    const server = await bench();
    server.mailbox.addItem(server.user, "contacts", { class: "Contacts", firstName: "Good" });
    const id = server.mailbox.addItem(server.user, "contacts", { class: "Contacts", firstName: "Ann" });
    server.mailbox.poison(server.user, "contacts", id);
    const key = await server.all("contacts");
    server.mailbox.cure(server.user, "contacts", id);
    expect((await server.sync(syncRequest([{ id: "contacts", key }]))).outcome).toEqual({ kind: "empty" });
    const item = { class: "Contacts", firstName: "Anne" } as const;
    server.mailbox.updateItem(server.user, "contacts", id, { kind: "replace", item });
    expect((await server.one({ id: "contacts", key })).adds).toEqual([id]);
  });

  it("stay on the device as they were, and can be deleted there", async () => {
    const server = await bench();
    server.mailbox.addItem(server.user, "contacts", { class: "Contacts", firstName: "Good" });
    const id = server.mailbox.addItem(server.user, "contacts", { class: "Contacts", firstName: "Ann" });
    let key = await server.all("contacts");
    server.mailbox.poison(server.user, "contacts", id);
    const item = { class: "Contacts", firstName: "Anne" } as const;
    server.mailbox.updateItem(server.user, "contacts", id, { kind: "replace", item });
    const skipped = await server.one({ id: "contacts", key });
    expect(skipped).toMatchObject({ status: "1", changes: [], deletes: [] });
    key = skipped.key;
    server.mailbox.removeItem(server.user, "contacts", id);
    expect((await server.one({ id: "contacts", key })).deletes).toEqual([id]);
  });

  it("are not what makes a mailbox fail whose items cannot be read at all: nothing is skipped and nothing lost", async () => {
    const server = await bench();
    const known = server.mail("known");
    const key = await server.all();
    const ids = [server.mail("a"), server.mail("b")];
    for (const count of [1, 2]) {
      server.mailbox.faults.failWith(new Error("items are away"), ["item"]);
      const sent = await server.sync(syncRequest([{ key }]));
      expect(sent.outcome?.kind, `try ${count}`).toBe("unavailable");
    }
    expect(server.skipped).toEqual([]);
    server.mailbox.faults.recover();
    const answer = await server.one({ key });
    expect([...answer.adds].sort()).toEqual([...ids].sort());
    expect(answer.adds).not.toContain(known);
  });

  it("are not believed in when they are several and the folder has nothing else to compare with", async () => {
    const server = await bench();
    const ids = [server.mail("a"), server.mail("b")];
    const key = await server.start();
    server.mailbox.faults.failWith(new Error("items are away"), ["item"]);
    expect((await server.sync(syncRequest([{ key }]))).outcome?.kind).toBe("unavailable");
    expect(server.skipped).toEqual([]);
    server.mailbox.faults.recover();
    expect([...(await server.one({ key })).adds].sort()).toEqual([...ids].sort());
  });

  it("are told apart from a mailbox that is down even when one mail is new", async () => {
    const server = await bench();
    server.mail("known");
    const key = await server.all();
    const id = server.mail("new");
    server.mailbox.faults.failWith(new Error("items are away"), ["item"]);
    expect((await server.sync(syncRequest([{ key }]))).outcome?.kind).toBe("unavailable");
    server.mailbox.faults.recover();
    expect((await server.one({ key })).adds).toEqual([id]);
  });
});

describe("a mailbox that is down", () => {
  it("makes the request unavailable and changes no state", async () => {
    const server = await bench();
    server.mail();
    const key = await server.all();
    const id = server.mail();
    const { writes } = server.state;
    server.mailbox.faults.failWith(new Error("down"));
    expect((await server.sync(syncRequest([{ key }]))).outcome?.kind).toBe("unavailable");
    expect(server.state.writes).toBe(writes);
    server.mailbox.faults.recover();
    expect((await server.one({ key })).adds).toEqual([id]);
  });

  it("does not matter for the marker alone", async () => {
    const server = await bench();
    const id = server.mail();
    const key = await server.start();
    server.mailbox.faults.failWith(new Error("no markers"), ["marker"]);
    expect((await server.one({ key })).adds).toEqual([id]);
  });
});
