import { describe, expect, it } from "vitest";
import type { WriteRefusal } from "../../../../src/mailbox/mailbox.js";
import { Contacts, Email, Email2, element, textElement } from "../../../../src/wbxml/index.js";
import { addCommand, changeCommand, deleteCommand, SyncBench } from "./sync-bench.js";

const contacts = "contacts";
const named = [textElement(Contacts.FirstName, "Bob")];

/** A mailbox that takes no writes any more, with one contact and one mail that the device has. */
async function refusing(refusal: WriteRefusal) {
  const server = new SyncBench();
  await server.folderSync();
  const contact = server.mailbox.addItem(server.user, contacts, { class: "Contacts", firstName: "Ann" });
  const mail = server.mail();
  const keys = { contacts: await server.all(contacts), inbox: await server.all() };
  server.mailbox.create = async () => refusal;
  server.mailbox.update = async () => refusal;
  server.mailbox.delete = async () => refusal;
  server.mailbox.move = async () => refusal;
  return { server, contact, mail, keys };
}

describe("what the mailbox refuses to write", () => {
  it.each([
    [{ kind: "quota-exceeded" }, 9],
    [{ kind: "forbidden" }, 6],
    [{ kind: "invalid", reason: "no such field" }, 6],
  ] as const)("because of %o is Status %i of the command", async (refusal, status) => {
    const { server, contact, mail, keys } = await refusing(refusal);
    const answer = await server.one({
      id: contacts,
      key: keys.contacts,
      commands: [addCommand("c1", named), changeCommand(contact, named), deleteCommand(contact)],
    });
    expect(answer.status).toBe("1");
    expect(answer.responses).toEqual([
      `Add c1 ${status}`,
      `Change ${contact} ${status}`,
      `Delete ${contact} ${status}`,
    ]);
    const read = changeCommand(mail, [textElement(Email.Read, 1)]);
    const flags = await server.one({ key: keys.inbox, commands: [read, deleteCommand(mail)] });
    expect(flags.responses).toEqual([`Change ${mail} ${status}`, `Delete ${mail} ${status}`]);
  });

  it("is on the device as it was before: what could not be deleted there comes back", async () => {
    const { server, contact, keys } = await refusing({ kind: "forbidden" });
    const commands = [deleteCommand(contact)];
    const answer = await server.one({ id: contacts, key: keys.contacts, commands });
    expect(answer.adds).toEqual([contact]);
  });

  it("because it went meanwhile is 8 for a Change and a success for a Delete", async () => {
    const { server, contact, keys } = await refusing({ kind: "not-found" });
    const commands = [changeCommand(contact, named), deleteCommand(contact)];
    const answer = await server.one({ id: contacts, key: keys.contacts, commands });
    expect(answer.responses).toEqual([`Change ${contact} 8`]);
  });

  it("because it changes all the time is a conflict: 7", async () => {
    const { server, contact, keys } = await refusing({ kind: "version-mismatch" });
    const commands = [changeCommand(contact, named)];
    const answer = await server.one({ id: contacts, key: keys.contacts, commands });
    expect(answer.responses).toEqual([`Change ${contact} 7`]);
  });
});

it("a draft that is to be sent is refused: nothing may look as if it was", async () => {
  const server = new SyncBench();
  await server.folderSync();
  const mail = server.mail();
  const key = await server.all();
  const read = changeCommand(mail, [textElement(Email.Read, 1)]);
  const content = Array.isArray(read.content) ? read.content : [];
  const commands = [element(read.tag, [...content, element(Email2.Send, [])])];
  const answer = await server.one({ key, commands });
  expect(answer.responses).toEqual([`Change ${mail} 6`]);
});
