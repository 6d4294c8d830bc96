import { describe, expect, it } from "vitest";
import { Contacts, Email, textElement } from "../../../../src/wbxml/index.js";
import { addCommand, changeCommand, filterOption, SyncBench } from "./sync-bench.js";

const contacts = "contacts";
const dayMs = 86_400_000;

async function bench(): Promise<SyncBench> {
  const server = new SyncBench();
  await server.folderSync();
  return server;
}

const ann = [addCommand("c1", [textElement(Contacts.FirstName, "Ann")])];

describe("an item that the device made before its folder was listed", () => {
  it("is deleted from the device when others removed it before the listing began", async () => {
    const server = await bench();
    const key = await server.start(contacts);
    const added = await server.one({ id: contacts, key, getChanges: false, commands: ann });
    const [id] = [...server.mailbox.snapshot(server.user, contacts).keys()];
    expect(added.responses).toEqual([`Add c1 ${id} 1`]);
    server.mailbox.removeItem(server.user, contacts, id ?? "");
    expect(await server.one({ id: contacts, key: added.key })).toMatchObject({ adds: [], deletes: [id] });
  });

  it("is deleted from the device when others remove it in the middle of the Sync", async () => {
    const server = await bench();
    const key = await server.start(contacts);
    const changes = server.mailbox.changes.bind(server.mailbox);
    server.mailbox.changes = async (ref, folder, query) => {
      for (const id of server.mailbox.snapshot(server.user, contacts).keys()) {
        server.mailbox.removeItem(server.user, contacts, id);
      }
      return changes(ref, folder, query);
    };
    const added = await server.one({ id: contacts, key, commands: ann });
    const told = added.deletes.length > 0 ? added : await server.one({ id: contacts, key: added.key });
    expect(added.responses).toHaveLength(1);
    expect(told.deletes).toHaveLength(1);
  });

  it("is not sent back when it is still there", async () => {
    const server = await bench();
    const key = await server.start(contacts);
    const added = await server.one({ id: contacts, key, getChanges: false, commands: ann });
    const other = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Bob" });
    const listed = await server.one({ id: contacts, key: added.key });
    expect(listed).toMatchObject({ adds: [other], changes: [], deletes: [] });
  });
});

describe("an item whose Change was refused", () => {
  it("is not sent when it is outside of the window", async () => {
    const server = await bench();
    const old = server.mail("Old", server.clock.now() - 5 * dayMs);
    const key = await server.all("inbox", { options: filterOption(0) });
    const narrowed = await server.one({ key, options: filterOption(1) });
    expect(narrowed.softDeletes).toEqual([old]);
    const commands = [changeCommand(old, [textElement(Email.Subject, "Mine")])];
    const refused = await server.one({ key: narrowed.key, commands });
    expect(refused.responses).toEqual([`Change ${old} 6`]);
    expect(refused).toMatchObject({ adds: [], changes: [] });
  });
});
