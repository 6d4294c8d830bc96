import { describe, expect, it, vi } from "vitest";
import {
  AirSync,
  Calendar,
  Contacts,
  Email,
  element,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import {
  addCommand,
  changeCommand,
  collectionsOf,
  dataOf,
  deleteCommand,
  fetchCommand,
  SyncBench,
  syncRequest,
  topLevelOf,
} from "./sync-bench.js";

const contacts = "contacts";
const named = (name: string): readonly WbxmlElement[] => [textElement(Contacts.FirstName, name)];
const read = (value: 0 | 1): readonly WbxmlElement[] => [textElement(Email.Read, value)];

async function bench(wishes: ConstructorParameters<typeof SyncBench>[0] = {}): Promise<SyncBench> {
  const made = new SyncBench(wishes);
  await made.folderSync();
  return made;
}

function ids(server: SyncBench, folder = contacts): readonly string[] {
  return [...server.mailbox.snapshot(server.user, folder).keys()];
}

/** What the next Sync of a folder says; "nothing" for an empty answer. */
async function next(server: SyncBench, key: string, id = contacts): Promise<unknown> {
  const [answer] = collectionsOf(await server.sync(syncRequest([{ id, key }])));
  if (answer === undefined) return "nothing";
  const { adds, changes, deletes } = answer;
  return { adds, changes, deletes };
}

describe("Add", () => {
  it("answers the new ServerId, and the item does not come back", async () => {
    const server = await bench();
    const key = await server.all(contacts);
    const answer = await server.one({ id: contacts, key, commands: [addCommand("c1", named("Ann"))] });
    const [id] = ids(server);
    expect(answer.responses).toEqual([`Add c1 ${id} 1`]);
    expect(answer.adds).toEqual([]);
    expect(answer.key).not.toBe(key);
    expect(await next(server, answer.key)).toBe("nothing");
  });

  it("does not come back during the first listing either", async () => {
    const server = await bench();
    const key = await server.start(contacts);
    const answer = await server.one({ id: contacts, key, commands: [addCommand("c1", named("Ann"))] });
    expect(answer.adds).toEqual([]);
    expect(await next(server, answer.key)).toBe("nothing");
  });

  it("of a malformed item is Status 6 without a ServerId", async () => {
    const server = await bench();
    const key = await server.all("calendar");
    const data = [textElement(Calendar.StartTime, "not a time")];
    const answer = await server.one({ id: "calendar", key, commands: [addCommand("c1", data)] });
    expect(answer.responses).toEqual(["Add c1 6"]);
  });

  it("of a mail is Status 6", async () => {
    const server = await bench();
    const key = await server.all();
    const data = [textElement(Email.Subject, "no")];
    const answer = await server.one({ key, commands: [addCommand("c1", data)] });
    expect(answer.responses).toEqual(["Add c1 6"]);
  });

  it("of a text message is Status 6: the device stops sending it", async () => {
    const server = await bench();
    const key = await server.all();
    const add = element(AirSync.Add, [
      textElement(AirSync.Class, "SMS"),
      textElement(AirSync.ClientId, "c1"),
      element(AirSync.ApplicationData, [textElement(Email.To, "+1555")]),
    ]);
    expect((await server.one({ key, commands: [add] })).responses).toEqual(["Add c1 6"]);
  });

  it("twice with one ClientId and different items is Status 4 for the second", async () => {
    const server = await bench();
    const key = await server.all(contacts);
    const commands = [addCommand("c1", named("Ann")), addCommand("c1", named("Bob"))];
    const answer = await server.one({ id: contacts, key, commands });
    expect(answer.responses).toEqual([`Add c1 ${ids(server)[0]} 1`, "Add c1 4"]);
    expect(ids(server)).toHaveLength(1);
  });

  it("to the recipient cache is a top-level 4", async () => {
    const server = await bench();
    const key = await server.start("RI");
    const sent = await server.sync(
      syncRequest([{ id: "RI", key, commands: [addCommand("c1", named("Ann"))] }]),
    );
    expect(topLevelOf(sent)).toBe("4");
  });
});

describe("Change", () => {
  it("is answered by silence and a new key, and does not come back", async () => {
    const server = await bench();
    const id = server.mail();
    const key = await server.all();
    const answer = await server.one({ key, getChanges: false, commands: [changeCommand(id, read(1))] });
    expect(answer).toMatchObject({ status: "1", responses: [], changes: [] });
    expect(answer.key).not.toBe(key);
    expect(server.mailbox.snapshot(server.user, "inbox").get(id)?.flags?.read).toBe(true);
    expect(await next(server, answer.key, "inbox")).toBe("nothing");
  });

  it("keeps what it leaves out only where the class says so", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, {
      class: "Contacts",
      firstName: "Ann",
      lastName: "Lee",
    });
    const key = await server.all(contacts, {}, { version: "14.1" });
    const answer = await server.one(
      { id: contacts, key, commands: [changeCommand(id, named("Anne"))] },
      { version: "14.1" },
    );
    expect(answer.responses).toEqual([]);
    const item = await server.mailbox.item({ user: server.user }, contacts, id, {
      bodies: [],
      withBody: true,
    });
    expect(item).toMatchObject({ firstName: "Anne" });
    expect(item).not.toHaveProperty("lastName", "Lee");
  });

  it("with an empty Supported keeps what it leaves out", async () => {
    const server = await bench({ version: "14.1" });
    const id = server.mailbox.addItem(server.user, contacts, {
      class: "Contacts",
      firstName: "Ann",
      lastName: "Lee",
    });
    const start = await server.start(contacts, {}, { supported: [] });
    const { key } = await server.one({ id: contacts, key: start });
    await server.one({ id: contacts, key, commands: [changeCommand(id, named("Anne"))] });
    const item = await server.mailbox.item({ user: server.user }, contacts, id, {
      bodies: [],
      withBody: true,
    });
    expect(item).toMatchObject({ firstName: "Anne", lastName: "Lee" });
  });

  it("of an item that is gone is Status 8, and the device is told to delete it", async () => {
    const server = await bench();
    const id = server.mail();
    const key = await server.all();
    server.mailbox.removeItem(server.user, "inbox", id);
    const answer = await server.one({ key, commands: [changeCommand(id, read(1))] });
    expect(answer).toMatchObject({ responses: [`Change ${id} 8`], deletes: [id] });
  });

  it.each(["", "nonsense"])("of ServerId %o is Status 8", async (serverId) => {
    const server = await bench();
    const key = await server.all();
    const answer = await server.one({ key, commands: [changeCommand(serverId, read(1))] });
    expect(answer.responses).toEqual([`Change ${serverId} 8`]);
  });

  it("that is malformed is Status 6, and the device gets the server's version back", async () => {
    const server = await bench();
    const id = server.mail();
    const key = await server.all();
    const answer = await server.one({
      key,
      commands: [changeCommand(id, [textElement(Email.Subject, "no")])],
    });
    expect(answer).toMatchObject({ responses: [`Change ${id} 6`], changes: [id] });
    expect(await next(server, answer.key, "inbox")).toBe("nothing");
  });

  it("of one flag leaves another that the server changed to be told", async () => {
    const server = await bench();
    const id = server.mail();
    const key = await server.all();
    server.mailbox.updateItem(server.user, "inbox", id, { kind: "email-flags", categories: ["Blue"] });
    const answer = await server.one({ key, commands: [changeCommand(id, read(1))] });
    expect(answer.responses).toEqual([]);
    expect(answer.changes).toEqual([id]);
    const told = dataOf(answer, "Commands", id)?.content;
    expect(Array.isArray(told) && told.map(({ tag }) => tag)).toEqual([Email.Categories]);
  });
});

describe("Delete", () => {
  it.each([undefined, true])(
    "moves a mail to Deleted Items with DeletesAsMoves %s",
    async (deletesAsMoves) => {
      const server = await bench();
      const id = server.mail();
      const key = await server.all();
      const more = deletesAsMoves === undefined ? {} : { deletesAsMoves };
      const answer = await server.one({ key, commands: [deleteCommand(id)], ...more });
      expect(answer).toMatchObject({ status: "1", responses: [], deletes: [] });
      expect(ids(server, "inbox")).toEqual([]);
      expect(ids(server, "deleted")).toHaveLength(1);
      expect(await next(server, answer.key, "inbox")).toBe("nothing");
    },
  );

  it("removes for good with DeletesAsMoves 0, and in Deleted Items itself", async () => {
    const server = await bench();
    const id = server.mail();
    const trash = server.mail("old", undefined, "deleted");
    const [inbox, deleted] = [await server.all(), await server.all("deleted")];
    await server.one({ key: inbox, deletesAsMoves: false, commands: [deleteCommand(id)] });
    // A mail store may well move a mail to where it is, under another id.
    const move = vi.spyOn(server.mailbox, "move");
    await server.one({ id: "deleted", key: deleted, commands: [deleteCommand(trash)] });
    expect(move).not.toHaveBeenCalled();
    expect([...ids(server, "inbox"), ...ids(server, "deleted")]).toEqual([]);
  });

  it("of an item that is gone is a success", async () => {
    const server = await bench();
    const id = server.mail();
    const key = await server.all();
    server.mailbox.removeItem(server.user, "inbox", id);
    expect(await server.one({ key, commands: [deleteCommand(id)] })).toMatchObject({
      status: "1",
      responses: [],
      deletes: [],
    });
  });
});

describe("Fetch", () => {
  it("answers the whole item, and 8 for one that is not there", async () => {
    const server = await bench();
    const id = server.mail("Whole");
    const key = await server.all();
    const answer = await server.one({
      key,
      getChanges: false,
      commands: [fetchCommand(id), fetchCommand("x")],
    });
    expect(answer.responses).toEqual([`Fetch ${id} 1`, "Fetch x 8"]);
    expect(dataOf(answer, "Responses", id)?.content).not.toBeNull();
  });

  it("answers 6 for an item that cannot be read, and the others", async () => {
    const server = await bench();
    const [good, bad] = [server.mail(), server.mail()];
    const key = await server.all();
    server.mailbox.poison(server.user, "inbox", bad);
    const answer = await server.one({ key, commands: [fetchCommand(bad), fetchCommand(good)] });
    expect(answer.responses).toEqual([`Fetch ${bad} 6`, `Fetch ${good} 1`]);
  });
});
