import { describe, expect, it } from "vitest";
import {
  AirSync,
  childElements,
  childText,
  Email,
  tagName,
  textElement,
} from "../../../../src/wbxml/index.js";
import { dataOf, filterOption, SyncBench, syncRequest } from "./sync-bench.js";

const dayMs = 86_400_000;

async function bench(wishes: ConstructorParameters<typeof SyncBench>[0] = {}): Promise<SyncBench> {
  const made = new SyncBench(wishes);
  await made.folderSync();
  return made;
}

describe("what changed on the server", () => {
  it("is sent as Add, Change and Delete, removals first", async () => {
    const server = await bench();
    const [changed, removed] = [server.mail(), server.mail()];
    const key = await server.all();
    server.mailbox.setRead(server.user, "inbox", changed);
    server.mailbox.removeItem(server.user, "inbox", removed);
    const added = server.mail();
    const answer = await server.one({ key });
    expect(answer).toMatchObject({ adds: [added], changes: [changed], deletes: [removed] });
    const order = childElements(answer.element.content === null ? undefined : answer.element)
      .filter(({ tag }) => tag === AirSync.Commands)
      .flatMap((commands) => childElements(commands).map(({ tag }) => tag));
    expect(order[0]).toBe(AirSync.Delete);
  });

  it("sends SyncKey, CollectionId and Status first", async () => {
    const server = await bench();
    server.mail();
    const answer = await server.one({ key: await server.start() });
    const names = childElements(answer.element).map(({ tag }) => tagName(tag));
    expect(names).toEqual(["AirSync:SyncKey", "AirSync:CollectionId", "AirSync:Status", "AirSync:Commands"]);
  });

  it("sends the Read flag alone when nothing else of a mail changed", async () => {
    const server = await bench();
    const id = server.mail();
    const key = await server.all();
    server.mailbox.setRead(server.user, "inbox", id);
    const answer = await server.one({ key });
    const data = dataOf(answer, "Commands", id);
    expect(childElements(data)).toEqual([textElement(Email.Read, "1")]);
  });

  it("sends flag and categories without the rest, and no categories before 14.0", async () => {
    const server = await bench();
    const id = server.mail();
    const update = { kind: "email-flags", flag: { status: "active" }, categories: ["Blue"] } as const;
    const key = await server.all();
    server.mailbox.updateItem(server.user, "inbox", id, update);
    const data = dataOf(await server.one({ key }), "Commands", id);
    expect(
      childElements(data)
        .map(({ tag }) => tag)
        .sort(),
    ).toEqual([Email.Flag, Email.Categories].sort());

    const old = { version: "12.1", deviceId: "old" } as const;
    await server.folderSync(old);
    const oldKey = await server.all("inbox", {}, old);
    server.mailbox.updateItem(server.user, "inbox", id, { kind: "email-flags", categories: ["Red"] });
    expect((await server.sync(syncRequest([{ key: oldKey }]), old)).outcome).toEqual({ kind: "empty" });
  });

  it("sends nothing for a change that was undone", async () => {
    const server = await bench();
    const id = server.mail();
    const key = await server.all();
    server.mailbox.setRead(server.user, "inbox", id, true);
    server.mailbox.setRead(server.user, "inbox", id, false);
    expect((await server.sync(syncRequest([{ key }]))).outcome).toEqual({ kind: "empty" });
  });

  it("sends nothing for an item that came and went", async () => {
    const server = await bench();
    const key = await server.all();
    server.mailbox.removeItem(server.user, "inbox", server.mail());
    expect((await server.sync(syncRequest([{ key }]))).outcome).toEqual({ kind: "empty" });
  });

  it("keeps server changes for later when GetChanges is 0", async () => {
    const server = await bench();
    const key = await server.all();
    const id = server.mail();
    expect((await server.sync(syncRequest([{ key, getChanges: false }]))).outcome).toEqual({ kind: "empty" });
    expect((await server.one({ key, getChanges: "empty" })).adds).toEqual([id]);
  });

  it("sends an item that was moved away as Delete, and the target folder gets it as Add", async () => {
    const server = await bench();
    const id = server.mail();
    const [inbox, sent] = [await server.all(), await server.all("sent")];
    const moved = server.mailbox.moveItem(server.user, "inbox", id, "sent");
    expect((await server.one({ key: inbox })).deletes).toEqual([id]);
    expect((await server.one({ id: "sent", key: sent })).adds).toEqual([moved]);
  });

  it.each([1, 3, 100])(
    "compares the whole folder after the mailbox forgot the cursor (window %i)",
    async (windowSize) => {
      const server = await bench();
      const ids = Array.from({ length: 40 }, (_, index) => server.mail(`m${index}`));
      let key = await server.all();
      const gone = ids.slice(0, 7);
      for (const id of gone) server.mailbox.removeItem(server.user, "inbox", id);
      server.mailbox.setRead(server.user, "inbox", ids[20] as string);
      const added = server.mail("new");
      server.mailbox.expireCursors(server.user, "inbox");
      const told = { adds: [] as string[], changes: [] as string[], deletes: [] as string[] };
      for (let more = true; more; ) {
        const answer = await server.one({ key, windowSize });
        expect(answer.status).toBe("1");
        told.adds.push(...answer.adds);
        told.changes.push(...answer.changes);
        told.deletes.push(...answer.deletes);
        ({ key, more } = answer);
      }
      expect(told.adds).toEqual([added]);
      expect(told.changes).toEqual([ids[20]]);
      expect(told.deletes.sort()).toEqual([...gone].sort());
      expect((await server.sync(syncRequest([{ key }]))).outcome).toEqual({ kind: "empty" });
    },
  );
});

describe("filter windows", () => {
  const now = Date.UTC(2026, 0, 1);

  async function withMails(): Promise<{ server: SyncBench; recent: string; middle: string; old: string }> {
    const server = await bench();
    const recent = server.mail("recent", now - dayMs / 2);
    const middle = server.mail("middle", now - 5 * dayMs);
    const old = server.mail("old", now - 100 * dayMs);
    return { server, recent, middle, old };
  }

  it("send what is in them", async () => {
    const { server, recent, middle } = await withMails();
    const key = await server.start();
    expect((await server.one({ key, options: filterOption(2) })).adds).toEqual([recent]);
    const other = await server.start();
    expect([...(await server.one({ key: other, options: filterOption(3) })).adds].sort()).toEqual(
      [recent, middle].sort(),
    );
  });

  it("remove softly what a narrower one leaves out, and add what a wider one brings, on the same key chain", async () => {
    const { server, recent, middle, old } = await withMails();
    let key = await server.all("inbox", { options: filterOption(3) });
    const narrow = await server.one({ key, options: filterOption(1) });
    expect(narrow).toMatchObject({ softDeletes: [middle], adds: [], deletes: [] });
    key = narrow.key;
    const wide = await server.one({ key, options: filterOption(0) });
    expect([...wide.adds].sort()).toEqual([middle, old].sort());
    const again = await server.one({ key: wide.key, options: filterOption(3) });
    expect(again.softDeletes).toEqual([old]);
    expect(server.mailbox.snapshot(server.user, "inbox").has(recent)).toBe(true);
  });

  it("page what a changed window brings and takes", async () => {
    const server = await bench();
    const ids = Array.from({ length: 12 }, () => server.mail("old", now - 50 * dayMs));
    let key = await server.all("inbox", { options: filterOption(0) });
    const removed: string[] = [];
    for (let more = true; more; ) {
      const answer = await server.one({ key, windowSize: 5, options: filterOption(3) });
      expect(answer.softDeletes.length).toBeLessThanOrEqual(5);
      removed.push(...answer.softDeletes);
      ({ key, more } = answer);
    }
    expect(removed.sort()).toEqual([...ids].sort());
  });

  it("stay until the device sends other Options, and fall back to the defaults with Options that lack them", async () => {
    const { server, middle, old } = await withMails();
    const key = await server.all("inbox", { options: filterOption(2) });
    expect((await server.sync(syncRequest([{ key }]))).outcome).toEqual({ kind: "empty" });
    const answer = await server.one({ key, options: [textElement(AirSync.Conflict, 0)] });
    expect([...answer.adds].sort()).toEqual([middle, old].sort());
  });

  it("move once a day", async () => {
    const server = await bench();
    const id = server.mail("soon out", now - 3 * dayMs + 1000);
    const key = await server.all("inbox", { options: filterOption(2) });
    await server.clock.advance(dayMs / 2);
    expect((await server.sync(syncRequest([{ key }]))).outcome).toEqual({ kind: "empty" });
    await server.clock.advance(dayMs);
    expect((await server.one({ key })).softDeletes).toEqual([id]);
  });

  it("leave completed tasks out with filter 8, and bring them back", async () => {
    const server = await bench();
    const task = { class: "Tasks", subject: "t", complete: false } as const;
    const open = server.mailbox.addItem(server.user, "tasks", task);
    const done = server.mailbox.addItem(server.user, "tasks", {
      ...task,
      complete: true,
      dateCompletedMs: now,
    });
    const key = await server.start("tasks");
    const first = await server.one({ id: "tasks", key, options: filterOption(8) });
    expect(first.adds).toEqual([open]);
    const all = await server.one({ id: "tasks", key: first.key, options: filterOption(0) });
    expect(all.adds).toEqual([done]);
    const narrow = await server.one({ id: "tasks", key: all.key, options: filterOption(8) });
    expect(narrow.softDeletes).toEqual([done]);
  });

  it("do not touch contacts, whatever the value", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, "contacts", { class: "Contacts", firstName: "Ann" });
    const key = await server.start("contacts");
    expect((await server.one({ id: "contacts", key, options: filterOption(5) })).adds).toEqual([id]);
  });
});

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

it("renders the body that the device prefers", async () => {
  const server = await bench();
  const id = server.mail("Hi");
  const answer = await server.one({ key: await server.start() });
  expect(childText(dataOf(answer, "Commands", id), Email.Subject)).toBe("Hi");
});
