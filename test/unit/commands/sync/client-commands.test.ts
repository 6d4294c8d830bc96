import { describe, expect, it } from "vitest";
import {
  AirSync,
  AirSyncBase,
  Calendar,
  Contacts,
  Email,
  element,
  Notes,
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

async function nameOf(server: SyncBench, id: string): Promise<string | undefined> {
  const item = await server.mailbox.item({ user: server.user }, contacts, id, { bodies: [], withBody: true });
  return item?.class === "Contacts" ? item.firstName : undefined;
}

function ids(server: SyncBench, folder = contacts): readonly string[] {
  return [...server.mailbox.snapshot(server.user, folder).keys()];
}

function rename(server: SyncBench, id: string, firstName: string): void {
  server.mailbox.updateItem(server.user, contacts, id, {
    kind: "replace",
    item: { class: "Contacts", firstName },
  });
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

describe("an item that was changed on both sides", () => {
  it("is the server's by default: Status 7 and its version in the same answer", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Ann" });
    const key = await server.all(contacts);
    rename(server, id, "Server");
    const answer = await server.one({ id: contacts, key, commands: [changeCommand(id, named("Phone"))] });
    expect(answer).toMatchObject({ responses: [`Change ${id} 7`], changes: [id] });
    expect(await nameOf(server, id)).toBe("Server");
    expect(await next(server, answer.key)).toBe("nothing");
  });

  it("is sent in the next Sync when GetChanges is 0", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Ann" });
    const key = await server.all(contacts);
    rename(server, id, "Server");
    const commands = [changeCommand(id, named("Phone"))];
    const answer = await server.one({ id: contacts, key, getChanges: false, commands });
    expect(answer).toMatchObject({ responses: [`Change ${id} 7`], changes: [] });
    expect(await next(server, answer.key)).toMatchObject({ changes: [id] });
  });

  it("is the device's with Conflict 0, without an echo", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Ann" });
    const options = [textElement(AirSync.Conflict, 0)];
    const key = await server.all(contacts, { options });
    rename(server, id, "Server");
    const answer = await server.one({ id: contacts, key, commands: [changeCommand(id, named("Phone"))] });
    expect(answer).toMatchObject({ responses: [], changes: [] });
    expect(await nameOf(server, id)).toBe("Phone");
  });

  it("is no conflict when both made the same of it", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Ann" });
    const key = await server.all(contacts);
    const item = { class: "Contacts", firstName: "Same", fileAs: "Same" } as const;
    server.mailbox.updateItem(server.user, contacts, id, { kind: "replace", item });
    const answer = await server.one({ id: contacts, key, commands: [changeCommand(id, named("Same"))] });
    expect(answer).toMatchObject({ responses: [], changes: [] });
  });

  it("is deleted when the device deletes it", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Ann" });
    const key = await server.all(contacts);
    rename(server, id, "Server");
    const answer = await server.one({ id: contacts, key, commands: [deleteCommand(id)] });
    expect(answer).toMatchObject({ responses: [], changes: [], adds: [], deletes: [] });
    expect(ids(server)).toEqual([]);
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
    await server.one({ id: "deleted", key: deleted, commands: [deleteCommand(trash)] });
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

  it("of one occurrence leaves the series", async () => {
    const server = await bench();
    const startTimeMs = Date.UTC(2026, 0, 5, 9);
    const id = server.mailbox.addItem(server.user, "calendar", {
      class: "Calendar",
      subject: "Daily",
      startTimeMs,
      endTimeMs: startTimeMs + 3_600_000,
      recurrence: { type: "daily", interval: 1 },
    });
    const key = await server.all("calendar");
    const remove = element(AirSync.Delete, [
      textElement(AirSync.ServerId, id),
      textElement(AirSyncBase.InstanceId, "20260106T090000Z"),
    ]);
    const answer = await server.one({ id: "calendar", key, commands: [remove] });
    expect(answer).toMatchObject({ responses: [], changes: [] });
    const view = { bodies: [], withBody: true };
    const item = await server.mailbox.item({ user: server.user }, "calendar", id, view);
    const exceptions = item?.class === "Calendar" ? item.exceptions : undefined;
    expect(exceptions).toEqual([{ deleted: true, originalStartMs: Date.UTC(2026, 0, 6, 9) }]);
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

describe("a repeated request whose answer was lost", () => {
  it("creates nothing twice, and answers the same ServerId", async () => {
    const server = await bench();
    const key = await server.all(contacts);
    const request = { id: contacts, key, commands: [addCommand("c1", named("Ann"))] };
    const lost = await server.one(request);
    for (let round = 0; round < 5; round += 1) {
      const answer = await server.one(request);
      expect(answer.responses).toEqual(lost.responses);
      expect(answer.adds).toEqual([]);
      expect(ids(server)).toHaveLength(1);
      if (round === 4) expect(await next(server, answer.key)).toBe("nothing");
    }
  });

  it("creates nothing twice when the process ended before the creation was noted", async () => {
    const server = await bench();
    const key = await server.all(contacts);
    const request = { id: contacts, key, commands: [addCommand("c1", named("Ann"))] };
    const write = server.state.write.bind(server.state);
    server.state.write = async () => {
      throw new Error("ends here");
    };
    expect((await server.sync(syncRequest([request]))).outcome?.kind).toBe("unavailable");
    server.state.write = write;
    const answer = await server.one(request);
    expect(ids(server)).toHaveLength(1);
    expect(answer.responses).toEqual([`Add c1 ${ids(server)[0]} 1`]);
    expect(answer.adds).toEqual([]);
  });

  it("does not apply a change again over what someone else made of the item since", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Ann" });
    const key = await server.all(contacts);
    const request = { id: contacts, key, commands: [changeCommand(id, named("Phone"))] };
    await server.one(request);
    rename(server, id, "Later");
    const answer = await server.one(request);
    expect(answer).toMatchObject({ responses: [], changes: [id] });
    expect(await nameOf(server, id)).toBe("Later");
  });

  it("deletes once: an item that someone put back is not deleted again", async () => {
    const server = await bench();
    const id = server.mail();
    const key = await server.all();
    const request = { key, commands: [deleteCommand(id)] };
    await server.one(request);
    const [trash] = ids(server, "deleted");
    const back = server.mailbox.moveItem(server.user, "deleted", trash as string, "inbox");
    const answer = await server.one(request);
    expect(answer).toMatchObject({ status: "1", responses: [], adds: [back] });
  });

  it("takes an edited queue: what is known is answered, what is new is applied", async () => {
    const server = await bench();
    const key = await server.all(contacts);
    await server.one({ id: contacts, key, commands: [addCommand("c1", named("Ann"))] });
    const commands = [addCommand("c1", named("Ann")), addCommand("c2", named("Bob"))];
    const answer = await server.one({ id: contacts, key, commands });
    expect(answer.responses).toHaveLength(2);
    expect(ids(server)).toHaveLength(2);
    expect(await next(server, answer.key)).toBe("nothing");
  });

  it("takes an item that was edited before its first answer came for the same item", async () => {
    const server = await bench();
    const key = await server.all(contacts);
    await server.one({ id: contacts, key, commands: [addCommand("c1", named("Ann"))] });
    const answer = await server.one({ id: contacts, key, commands: [addCommand("c1", named("Anne"))] });
    const [id, ...others] = ids(server);
    expect(others).toEqual([]);
    expect(answer.responses).toEqual([`Add c1 ${id} 1`]);
    expect(await nameOf(server, id as string)).toBe("Anne");
  });

  it("sends what was added before and is not repeated as an item of the server's", async () => {
    const server = await bench();
    const key = await server.all(contacts);
    await server.one({ id: contacts, key, commands: [addCommand("c1", named("Ann"))] });
    expect((await server.one({ id: contacts, key })).adds).toEqual(ids(server));
  });

  it("leaves the earlier answers valid: two Syncs at once both end well", async () => {
    const server = await bench();
    const mine = server.mail("one");
    const key = await server.all();
    const theirs = server.mail("two");
    const [first, second] = await Promise.all([
      server.one({ key, commands: [changeCommand(mine, read(1))] }),
      server.one({ key }),
    ]);
    expect(first.key).not.toBe(second.key);
    expect([first.adds, second.adds]).toEqual([[theirs], [theirs]]);
    expect(await next(server, first.key, "inbox")).toBe("nothing");
    const other = await bench();
    const id = other.mail("one");
    const otherKey = await other.all();
    const lost = await other.one({ key: otherKey, commands: [changeCommand(id, read(1))] });
    other.mail("two");
    await other.one({ key: otherKey });
    expect((await other.one({ key: lost.key })).adds).toHaveLength(1);
  });

  it("recomputes the server's side from the same state, with new options too", async () => {
    const server = await bench();
    const first = server.mail();
    const key = await server.start();
    expect((await server.one({ key, windowSize: 1 })).adds).toEqual([first]);
    const second = server.mail();
    for (const windowSize of [1, 50, 512]) {
      const answer = await server.one({ key, windowSize });
      expect(answer.adds.length).toBe(Math.min(windowSize, 2));
    }
    expect(ids(server, "inbox")).toContain(second);
    expect(server.served.at(-1)?.replay).toBe(true);
  });
});

describe("what fails part of the way", () => {
  it("keeps what was applied before the mailbox went away", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Old" });
    const key = await server.all(contacts);
    const request = {
      id: contacts,
      key,
      commands: [addCommand("c1", named("Ann")), changeCommand(id, named("New"))],
    };
    server.mailbox.faults.failWith(new Error("down"), ["itemVersion"]);
    expect((await server.sync(syncRequest([request]))).outcome?.kind).toBe("unavailable");
    server.mailbox.faults.recover();
    const answer = await server.one(request);
    expect(ids(server)).toHaveLength(2);
    expect(answer.responses).toHaveLength(1);
    expect(await nameOf(server, id)).toBe("New");
  });

  it("tries once more when another process was faster, and then says so with Status 16", async () => {
    const server = await bench();
    const key = await server.all(contacts);
    const write = server.state.write.bind(server.state);
    let refusals = 1;
    server.state.write = async (...call) => (refusals-- > 0 ? undefined : write(...call));
    const request = { id: contacts, key, commands: [addCommand("c1", named("Ann"))] };
    const answer = await server.one(request);
    expect(answer.status).toBe("1");
    expect(ids(server)).toHaveLength(1);
    refusals = 2;
    const refused = await server.one({
      id: contacts,
      key: answer.key,
      commands: [addCommand("c2", named("Bob"))],
    });
    expect(refused).toMatchObject({ status: "16", key: answer.key });
    server.state.write = write;
    const again = await server.one({
      id: contacts,
      key: answer.key,
      commands: [addCommand("c2", named("Bob"))],
    });
    expect(again.status).toBe("1");
    expect(ids(server)).toHaveLength(2);
  });
});

describe("requests that are refused as a whole", () => {
  const status4 = async (wishes: Parameters<typeof syncRequest>[0], version?: "14.1"): Promise<string> => {
    const server = await bench(version === undefined ? {} : { version });
    const key = await server.start(wishes[0]?.id ?? "inbox");
    return topLevelOf(await server.sync(syncRequest(wishes.map((one) => ({ ...one, key: one.key || key })))));
  };

  it("holds more commands than allowed: 4", async () => {
    const server = await bench({ options: { maxSyncCommands: 2 } });
    const key = await server.all(contacts);
    const commands = ["a", "b", "c"].map((name) => addCommand(name, named(name)));
    expect(topLevelOf(await server.sync(syncRequest([{ id: contacts, key, commands }])))).toBe("4");
    expect(ids(server)).toEqual([]);
    expect((await server.one({ id: contacts, key, commands: commands.slice(1) })).status).toBe("1");
  });

  it("names ConversationMode on a folder that holds no mail: 4", async () => {
    expect(await status4([{ id: contacts, key: "", conversationMode: true }])).toBe("4");
  });

  it("names Supported for notes: 4", async () => {
    expect(await status4([{ id: "notes", key: "0", supported: [Notes.Subject] }])).toBe("4");
  });

  it("filters mail by completion: 4", async () => {
    expect(await status4([{ key: "", options: [textElement(AirSync.FilterType, 8)] }])).toBe("4");
  });

  it.each([
    ["FilterType", textElement(AirSync.FilterType, 9)],
    ["Conflict", textElement(AirSync.Conflict, 2)],
    ["MIMESupport", textElement(AirSync.MIMESupport, "x")],
  ])("has a wrong %s: 4", async (_name, option) => {
    expect(await status4([{ key: "", options: [option] }])).toBe("4");
  });

  it("lacks a CollectionId or a SyncKey, or names a collection twice: 4", async () => {
    const server = await bench();
    const key = await server.start();
    const withoutId = element(AirSync.Sync, [
      element(AirSync.Collections, [element(AirSync.Collection, [textElement(AirSync.SyncKey, key)])]),
    ]);
    expect(topLevelOf(await server.sync(withoutId))).toBe("4");
    const withoutKey = element(AirSync.Sync, [
      element(AirSync.Collections, [
        element(AirSync.Collection, [textElement(AirSync.CollectionId, "inbox")]),
      ]),
    ]);
    expect(topLevelOf(await server.sync(withoutKey))).toBe("4");
    expect(topLevelOf(await server.sync(syncRequest([{ key }, { key }])))).toBe("4");
    expect(topLevelOf(await server.sync(element(AirSync.Sync, [])))).toBe("4");
  });

  it("has two Options that are not one for SMS: 4; with one for SMS it is served", async () => {
    const server = await bench();
    const key = await server.start();
    const sms = element(AirSync.Options, [textElement(AirSync.Class, "SMS")]);
    const plain = element(AirSync.Options, [textElement(AirSync.FilterType, 0)]);
    const request = (...options: WbxmlElement[]): WbxmlElement =>
      element(AirSync.Sync, [
        element(AirSync.Collections, [
          element(AirSync.Collection, [
            textElement(AirSync.SyncKey, key),
            textElement(AirSync.CollectionId, "inbox"),
            ...options,
          ]),
        ]),
      ]);
    expect(topLevelOf(await server.sync(request(plain, plain)))).toBe("4");
    expect(topLevelOf(await server.sync(request(sms, sms)))).toBe("4");
    expect((await server.sync(request(plain, sms))).outcome).toEqual({ kind: "empty" });
  });

  it("lists too many collections: 15 and the limit", async () => {
    const server = await bench({ options: { maxSyncCollections: 2 } });
    const request = syncRequest(["inbox", "sent", contacts].map((id) => ({ id, key: "0" })));
    expect(topLevelOf(await server.sync(request))).toBe("15 2");
  });
});
