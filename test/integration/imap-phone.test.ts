import { flagChange, readChange } from "direct-push/client";
import { element, Move, textElement } from "direct-push/wbxml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dovecot, dovecotIsThere } from "./dovecot.js";
import { fill, plainMail, store } from "./imap-mailbox-site.js";
import { ImapPhoneSite } from "./imap-phone-site.js";

const servers = [
  { name: "with QRESYNC", without: [], many: 10_000 },
  { name: "without CONDSTORE", without: ["QRESYNC", "CONDSTORE"], many: 2_000 },
] as const;
const users = ["flags", "moves", "names", "many", "reset", "replay", "full"] as const;

describe.skipIf(!dovecotIsThere()).each(servers)("a phone and Dovecot $name", ({ without, many: count }) => {
  let dovecot: Dovecot;
  let site: ImapPhoneSite;
  beforeAll(async () => {
    dovecot = await Dovecot.start({ users, without });
    site = await ImapPhoneSite.start(dovecot);
  });
  afterAll(async () => {
    await site.close();
    await dovecot.remove();
  });

  test("see each other's flags and deletions", async () => {
    const other = await dovecot.client("flags");
    for (const subject of ["One", "Two", "Three"]) await store(other, "INBOX", plainMail(subject));
    const phone = site.phone("flags");
    const inbox = await phone.folder("Inbox");
    expect((await phone.sync(inbox)).size).toBe(3);

    await other.mailboxOpen("INBOX");
    await other.messageFlagsAdd({ subject: "One" }, ["\\Seen"]);
    await other.messageFlagsAdd({ subject: "Two" }, ["\\Deleted"]);
    await phone.sync(inbox);
    const { One: one, Two: two, Three: three } = phone.mails(inbox);
    expect([one?.read, two, three?.read]).toEqual([true, undefined, false]);
    await other.messageFlagsRemove({ subject: "Two" }, ["\\Deleted"]);
    await phone.sync(inbox);
    expect(Object.keys(phone.mails(inbox)).sort()).toEqual(["One", "Three", "Two"]);

    await phone.sync(inbox, readChange(three?.id ?? "", true), flagChange(three?.id ?? "", true));
    await other.noop();
    expect(await other.search({ seen: true, flagged: true, subject: "Three" })).toHaveLength(1);
    await phone.sync(inbox, { kind: "delete", serverId: one?.id ?? "" });
    await other.noop();
    expect(await other.search({ subject: "One" })).toHaveLength(0);
    expect(await other.status("Trash", { messages: true })).toMatchObject({ messages: 1 });
    expect(Object.keys(phone.mails(inbox)).sort()).toEqual(["Three", "Two"]);

    await other.messageDelete({ all: true });
    await phone.sync(inbox);
    expect(phone.mails(inbox)).toEqual({});
  });

  test("see each other's moves", async () => {
    const other = await dovecot.client("moves");
    await other.mailboxCreate("Archive");
    for (const subject of ["Here", "There"])
      await store(other, "INBOX", plainMail(subject), { flags: ["\\Seen"] });
    const phone = site.phone("moves");
    const [inbox, archive] = [await phone.folder("Inbox"), await phone.folder("Archive")];
    await phone.sync(inbox);
    await phone.sync(archive);

    await other.mailboxOpen("INBOX");
    await other.messageMove({ subject: "There" }, "Archive");
    await phone.sync(inbox);
    await phone.sync(archive);
    expect(Object.keys(phone.mails(inbox))).toEqual(["Here"]);
    expect(phone.mails(archive)["There"]).toMatchObject({ read: true });

    const move = element(Move.Move, [
      textElement(Move.SrcMsgId, phone.mails(inbox)["Here"]?.id ?? ""),
      textElement(Move.SrcFldId, inbox),
      textElement(Move.DstFldId, archive),
    ]);
    const moved = await phone.client.command("MoveItems", element(Move.MoveItems, [move]));
    expect(moved.kind).toBe("answer");
    await phone.sync(inbox);
    await phone.sync(archive);
    expect(Object.keys(phone.mails(inbox))).toEqual([]);
    expect(Object.keys(phone.mails(archive)).sort()).toEqual(["Here", "There"]);
    await other.mailboxOpen("Archive");
    expect(await other.search({ seen: true })).toHaveLength(2);
  });

  test("agree about nested folders and names that are not ASCII", async () => {
    const other = await dovecot.client("names");
    const names = ["Übersicht", "Übersicht/Entwürfe & Co", "日本", "日本/東京"];
    for (const name of names) await other.mailboxCreate(name);
    await store(other, "日本/東京", plainMail("Tokyo"));
    await store(other, "Übersicht/Entwürfe & Co", plainMail("Wien"));
    const phone = site.phone("names");
    const tokyo = await phone.folder("東京");
    await phone.sync(tokyo);
    expect(Object.keys(phone.mails(tokyo))).toEqual(["Tokyo"]);
    const wien = await phone.folder("Entwürfe & Co");
    await phone.sync(wien);
    expect(Object.keys(phone.mails(wien))).toEqual(["Wien"]);
    const folder = phone.client.folders.find(({ id }) => id === tokyo);
    expect(phone.client.folders.find(({ id }) => id === folder?.parentId)?.name).toBe("日本");
  });

  test("begin a folder anew when its UIDs are void", async () => {
    const other = await dovecot.client("reset");
    for (const subject of ["One", "Two"]) await store(other, "INBOX", plainMail(subject));
    const phone = site.phone("reset");
    const inbox = await phone.folder("Inbox");
    const before = await phone.sync(inbox);
    other.close();
    await dovecot.renumber("reset", "INBOX", 4_000_000_000);
    const again = await dovecot.client("reset");
    await store(again, "INBOX", plainMail("Three"));
    const after = await phone.sync(inbox);
    expect(Object.keys(phone.mails(inbox)).sort()).toEqual(["One", "Three", "Two"]);
    for (const id of after.keys()) expect(before.has(id)).toBe(false);
    expect(await phone.folder("Inbox")).toBe(inbox);
  });

  test("lose and repeat nothing when an answer is lost", async () => {
    const other = await dovecot.client("replay");
    for (const subject of ["A", "B"]) await store(other, "INBOX", plainMail(subject));
    const phone = site.phone("replay");
    const inbox = await phone.folder("Inbox");
    await phone.sync(inbox);
    const before = phone.client.state;
    await store(other, "INBOX", plainMail("C"));
    const id = phone.mails(inbox)["A"]?.id ?? "";
    await phone.sync(inbox, { kind: "delete", serverId: id });

    // The phone that never heard of it.
    const same = site.phone("replay", { state: before });
    const synced = await same.client.sync(inbox, { commands: [{ kind: "delete", serverId: id }] });
    expect(synced).toMatchObject({ kind: "synced" });
    expect(Object.keys(same.mails(inbox))).toEqual(["C"]);
    expect(await other.status("INBOX", { messages: true })).toMatchObject({ messages: 2 });
    expect(await other.status("Trash", { messages: true })).toMatchObject({ messages: 1 });
  });

  test(`sync a folder of ${count} mails in pages`, async () => {
    const other = await dovecot.client("many");
    await other.mailboxCreate("Many");
    await fill(other, "Many", count);
    const phone = site.phone("many", { options: { windowSize: 512, truncationBytes: 512 } });
    const many = await phone.folder("Many");
    expect((await phone.sync(many)).size).toBe(count);
    const another = await dovecot.client("many");
    await another.mailboxOpen("Many");
    await another.messageFlagsAdd(`1:${count / 2}`, ["\\Seen"]);
    await another.messageDelete(`${count / 2 + 1}:${count / 2 + 500}`);
    const after = await phone.sync(many);
    expect(after.size).toBe(count - 500);
    expect([...after.values()].filter(({ read }) => read)).toHaveLength(count / 2);
  });
});
