import { describe, expect, it } from "vitest";
import type { CommandContext } from "../../../../src/commands/command.js";
import type { StateStore } from "../../../../src/state/state-store.js";
import {
  AirSync,
  Contacts,
  Email,
  element,
  emptyElement,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import type { BenchWishes } from "../command-context.js";
import {
  addCommand,
  changeCommand,
  collectionsOf,
  deleteCommand,
  SyncBench,
  syncRequest,
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

/** Another process with the same mailbox and the same store, to which it has a way of its own. */
function otherProcess(server: SyncBench): SyncBench {
  const { state } = server;
  const way: StateStore = {
    read: (key) => state.read(key),
    write: (key, value, expected) => state.write(key, value, expected),
    delete: (key) => state.delete(key),
  };
  return new (class extends SyncBench {
    override context(wishes: BenchWishes = {}, sequence?: number): CommandContext {
      return { ...server.context(wishes, sequence), state: way };
    }
  })();
}

/** Something happens when the server looks at an item for the first time. */
function whenLookedAt(server: SyncBench, happen: () => Promise<void>): void {
  const itemVersion = server.mailbox.itemVersion.bind(server.mailbox);
  server.mailbox.itemVersion = async (...call) => {
    server.mailbox.itemVersion = itemVersion;
    await happen();
    return itemVersion(...call);
  };
}

/** What the next Sync of a folder says; "nothing" for an empty answer. */
async function next(server: SyncBench, key: string, id = contacts): Promise<unknown> {
  const [answer] = collectionsOf(await server.sync(syncRequest([{ id, key }])));
  if (answer === undefined) return "nothing";
  const { adds, changes, deletes } = answer;
  return { adds, changes, deletes };
}

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

  it.each([
    ["read state", { read: true }, read(0)],
    ["follow-up flag", { flag: { status: "active" } }, [emptyElement(Email.Flag)]],
    ["categories", { categories: ["Blue"] }, [emptyElement(Email.Categories)]],
  ] as const)("may be a mail, of which each flag counts alone: its %s", async (_, theirs, own) => {
    for (const conflict of [0, 1]) {
      const server = await bench();
      const id = server.mail();
      const stored = () => server.mailbox.snapshot(server.user, "inbox").get(id);
      const key = await server.all("inbox", { options: [textElement(AirSync.Conflict, conflict)] });
      server.mailbox.updateItem(server.user, "inbox", id, { kind: "email-flags", ...theirs });
      const changed = stored();
      const answer = await server.one({ key, commands: [changeCommand(id, own)] });
      if (conflict === 1) {
        expect(answer).toMatchObject({ responses: [`Change ${id} 7`], changes: [id] });
        expect(stored()).toEqual(changed);
      } else {
        expect(answer).toMatchObject({ responses: [], changes: [] });
        expect(stored()).not.toEqual(changed);
      }
      expect(await next(server, answer.key, "inbox")).toBe("nothing");
    }
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

describe("a device that goes on editing what it has sent, when the answer was lost", () => {
  it("is in no conflict with its own change", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Ann" });
    const key = await server.all(contacts);
    await server.one({ id: contacts, key, commands: [changeCommand(id, named("Anna"))] });
    const answer = await server.one({ id: contacts, key, commands: [changeCommand(id, named("Anne"))] });
    expect(answer).toMatchObject({ responses: [], changes: [] });
    expect(await nameOf(server, id)).toBe("Anne");
    expect(await next(server, answer.key)).toBe("nothing");
  });

  it("is in conflict with what others changed since", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Ann" });
    const key = await server.all(contacts);
    await server.one({ id: contacts, key, commands: [changeCommand(id, named("Anna"))] });
    rename(server, id, "Server");
    const answer = await server.one({ id: contacts, key, commands: [changeCommand(id, named("Anne"))] });
    expect(answer).toMatchObject({ responses: [`Change ${id} 7`], changes: [id] });
    expect(await nameOf(server, id)).toBe("Server");
  });

  it("learns of its new item and then of what others made of it", async () => {
    const server = await bench();
    const key = await server.all(contacts);
    await server.one({ id: contacts, key, commands: [addCommand("c1", named("Ann"))] });
    const [id = ""] = ids(server);
    rename(server, id, "Server");
    const answer = await server.one({ id: contacts, key, commands: [addCommand("c1", named("Anne"))] });
    expect(answer).toMatchObject({ responses: [`Add c1 ${id} 1`], adds: [], changes: [id] });
    expect(await nameOf(server, id)).toBe("Server");
    expect(await next(server, answer.key)).toBe("nothing");
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

  it("does not apply again, over what others made of it, what took effect before the mailbox went away", async () => {
    const server = await bench();
    const [first, second] = ["One", "Two"].map((firstName) =>
      server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName }),
    ) as [string, string];
    const key = await server.all(contacts);
    const request = {
      id: contacts,
      key,
      commands: [changeCommand(first, named("Mine")), changeCommand(second, named("Mine, too"))],
    };
    const itemVersion = server.mailbox.itemVersion.bind(server.mailbox);
    server.mailbox.itemVersion = async (ref, folder, id) => {
      if (id === second) throw new Error("down");
      return itemVersion(ref, folder, id);
    };
    expect((await server.sync(syncRequest([request]))).outcome?.kind).toBe("unavailable");
    expect(await nameOf(server, first)).toBe("Mine");
    server.mailbox.itemVersion = itemVersion;
    rename(server, first, "Theirs");
    const answer = await server.one(request);
    expect(answer).toMatchObject({ status: "1", responses: [], changes: [first] });
    expect(await nameOf(server, first)).toBe("Theirs");
    expect(await nameOf(server, second)).toBe("Mine, too");
  });

  it("does not apply again, over what others made of it, what it applied before another process was faster", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Old" });
    const key = await server.all(contacts, { options: [textElement(AirSync.Conflict, 0)] });
    const write = server.state.write.bind(server.state);
    let isFirst = true;
    server.state.write = async (...call) => {
      if (!isFirst) return write(...call);
      isFirst = false;
      expect(await nameOf(server, id)).toBe("Mine");
      rename(server, id, "Theirs");
      return undefined;
    };
    const answer = await server.one({ id: contacts, key, commands: [changeCommand(id, named("Mine"))] });
    expect(answer).toMatchObject({ status: "1", responses: [], changes: [id] });
    expect(await nameOf(server, id)).toBe("Theirs");
  });

  it("does not apply, over what others made of it, what another process was faster with", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Old" });
    const key = await server.all(contacts, { options: [textElement(AirSync.Conflict, 0)] });
    const request = { id: contacts, key, commands: [changeCommand(id, named("Mine"))] };
    whenLookedAt(server, async () => {
      await otherProcess(server).one(request);
      expect(await nameOf(server, id)).toBe("Mine");
      rename(server, id, "Theirs");
    });
    expect(await server.one(request)).toMatchObject({ status: "1", responses: [], changes: [id] });
    expect(await nameOf(server, id)).toBe("Theirs");
  });

  it("does not set a mail's categories, over what others made of them, when another process was faster", async () => {
    const server = await bench();
    const id = server.mail();
    const categories = async () => {
      const item = await server.mailbox.item({ user: server.user }, "inbox", id, {
        bodies: [],
        withBody: false,
      });
      return item?.class === "Email" ? item.categories : undefined;
    };
    const key = await server.all("inbox", { options: [textElement(AirSync.Conflict, 0)] });
    const mine = element(Email.Categories, [textElement(Email.Category, "Mine")]);
    const request = { key, commands: [changeCommand(id, [mine])] };
    whenLookedAt(server, async () => {
      await otherProcess(server).one(request);
      expect(await categories()).toEqual(["Mine"]);
      server.mailbox.updateItem(server.user, "inbox", id, { kind: "email-flags", categories: ["Theirs"] });
    });
    expect(await server.one(request)).toMatchObject({ status: "1", responses: [], changes: [id] });
    expect(await categories()).toEqual(["Theirs"]);
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
