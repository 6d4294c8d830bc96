import { describe, expect, it } from "vitest";
import {
  AirSync,
  childElements,
  childText,
  Email,
  tagName,
  textElement,
} from "../../../../src/wbxml/index.js";
import { dataOf, SyncBench, syncRequest } from "./sync-bench.js";

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

it("renders the body that the device prefers", async () => {
  const server = await bench();
  const id = server.mail("Hi");
  const answer = await server.one({ key: await server.start() });
  expect(childText(dataOf(answer, "Commands", id), Email.Subject)).toBe("Hi");
});
