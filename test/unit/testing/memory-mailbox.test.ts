import { describe, expect, test } from "vitest";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import type { ItemView } from "../../../src/mailbox/mailbox.js";
import { HIERARCHY } from "../../../src/push/mailbox-change-source.js";
import { defaultFolders } from "../../../src/testing/default-folders.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

const user = "alice";
const alice = { user };
const view: ItemView = { bodies: [], withBody: true };
const first = { cursor: undefined, sinceMs: undefined, limit: 1_000 };
const note: MailboxItem = { class: "Notes", subject: "n" };
const contact: MailboxItem = { class: "Contacts", fileAs: "c" };

/** Lets what was queued as microtasks happen. */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

describe("folders", () => {
  test("every user has one folder of each default kind, with the same ids", async () => {
    const mailbox = new MemoryMailbox();
    expect(await mailbox.folders(alice)).toEqual(defaultFolders);
    expect(await mailbox.folders({ user: "bob" })).toEqual(defaultFolders);
    expect(new Set(defaultFolders.map(({ kind }) => kind)).size).toBe(10);
    for (const { id } of defaultFolders) expect(id).toMatch(/^[A-Za-z]/);
  });

  test("they are made, renamed, moved and removed with all below, parents always first", async () => {
    const mailbox = new MemoryMailbox();
    const a = mailbox.createFolder(user, { name: "A" });
    const b = mailbox.createFolder(user, { name: "B" });
    const below = mailbox.createFolder(user, { name: "below", parentId: a.id });
    mailbox.changeFolder(user, a.id, { name: "A2", parentId: b.id });
    const own = (await mailbox.folders(alice)).slice(defaultFolders.length);
    expect(own.map(({ name }) => name)).toEqual(["B", "A2", "below"]);
    const inside = mailbox.deliver(user, "Subject: x\r\n\r\n", { folder: below.id });
    mailbox.deleteFolder(user, b.id);
    expect(await mailbox.folders(alice)).toEqual(defaultFolders);
    expect(await mailbox.changes(alice, below.id, first)).toEqual({ kind: "folder-gone" });
    expect(await mailbox.item(alice, below.id, inside, view)).toBe(undefined);
    expect(await mailbox.marker(alice, below.id)).toBe("gone");
  });

  test("what a mail server refuses is refused", () => {
    const mailbox = new MemoryMailbox();
    const a = mailbox.createFolder(user, { name: "A" });
    const below = mailbox.createFolder(user, { name: "below", parentId: a.id });
    expect(() => mailbox.createFolder(user, { name: "A" })).toThrow("named A");
    expect(() => mailbox.createFolder(user, { name: "X", parentId: "nowhere" })).toThrow("no folder nowhere");
    expect(() => mailbox.changeFolder(user, a.id, { parentId: below.id })).toThrow("below itself");
    expect(() => mailbox.changeFolder(user, "nowhere", { name: "x" })).toThrow("no folder nowhere");
    mailbox.deleteFolder(user, a.id);
    expect(() => mailbox.deleteFolder(user, a.id)).toThrow("no folder");
    expect(() => mailbox.createFolder(user, { name: "A", id: a.id })).toThrow("used already");
  });
});

describe("items", () => {
  test("a delivered mail has the date and the flags of its delivery, and its own text", async () => {
    const clock = new FakeClock({ nowMs: 5_000 });
    const mailbox = new MemoryMailbox({ clock });
    const id = mailbox.deliver(user, "From: b@example.com\r\nSubject: Hello\r\n\r\nHi!");
    const item = await mailbox.item(alice, "inbox", id, view);
    expect(item).toMatchObject({
      class: "Email",
      subject: "Hello",
      from: "b@example.com",
      dateReceivedMs: 5_000,
      read: false,
    });
    const read = mailbox.deliver(user, "Subject: x\r\n\r\n", { folder: "sent", read: true, receivedMs: 7 });
    expect(await mailbox.item(alice, "sent", read, view)).toMatchObject({ read: true, dateReceivedMs: 7 });
  });

  test("the calendar follows a delivered mail about a meeting, and what cannot be read changes nothing", async () => {
    const mailbox = new MemoryMailbox();
    const item: MailboxItem = {
      class: "Calendar",
      uid: "meeting-1",
      startTimeMs: 0,
      endTimeMs: 3_600_000,
      meetingStatus: 1,
      attendees: [{ email: "bob@example.com", name: "Bob" }],
    };
    const id = mailbox.addItem(user, "calendar", item);
    const answer = (lines: readonly string[]): string =>
      ["From: bob@example.com", "Content-Type: text/calendar; method=REPLY", "", ...lines].join("\r\n");
    const reply = [
      ...["BEGIN:VCALENDAR", "METHOD:REPLY", "BEGIN:VEVENT", "UID:meeting-1", "DTSTAMP:20260101T000000Z"],
      ...["DTSTART:19700101T000000Z", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.com"],
      ...["END:VEVENT", "END:VCALENDAR", ""],
    ];
    mailbox.deliver(user, answer(["BEGIN:VCALENDAR", "nonsense"]));
    mailbox.deliver("carol@example.com", answer(reply));
    expect(await mailbox.item(alice, "calendar", id, view)).toEqual(item);
    const told = new Promise<void>((resolve) => void mailbox.watch(alice, ["calendar"], () => resolve()));
    mailbox.deliver(user, answer(reply));
    await told;
    const followed = await mailbox.item(alice, "calendar", id, view);
    expect(followed).toMatchObject({ attendees: [{ status: "accepted" }] });
  });

  test("a mail is parsed once for many devices, and again when many others came in between", async () => {
    const mailbox = new MemoryMailbox({ parsedMessages: 2 });
    const ids = [1, 2, 3].map((number) => mailbox.deliver(user, `Subject: ${number}\r\n\r\nbody`));
    const bodyOf = async (at: number): Promise<unknown> => {
      const item = await mailbox.item(alice, "inbox", ids[at] ?? "", view);
      return item?.body;
    };
    const body = await bodyOf(0);
    mailbox.setRead(user, "inbox", ids[0] ?? "");
    expect(await bodyOf(0)).toBe(body);
    await bodyOf(1);
    await bodyOf(2);
    expect(await bodyOf(0)).not.toBe(body);
    expect(await bodyOf(0)).toEqual(body);
  });

  test("attachments of two mails have different references, also after a move", async () => {
    const mailbox = new MemoryMailbox();
    const raw =
      "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
      "--b\r\n\r\ntext\r\n--b\r\nContent-Disposition: attachment; filename=a.bin\r\n\r\ndata\r\n--b--\r\n";
    const referencesOf = async (folder: string, id: string): Promise<readonly string[]> => {
      const item = await mailbox.item(alice, folder, id, view);
      const attachments = item?.class === "Email" ? (item.attachments ?? []) : [];
      return attachments.map(({ fileReference }) => fileReference);
    };
    const [one = "", two = ""] = [mailbox.deliver(user, raw), mailbox.deliver(user, raw)];
    const before = await referencesOf("inbox", one);
    expect(before).toHaveLength(1);
    expect(await referencesOf("inbox", two)).not.toEqual(before);
    const moved = mailbox.moveItem(user, "inbox", one, "deleted");
    expect(await referencesOf("deleted", moved)).toEqual(before);
  });

  test("a folder takes items of its own class alone", async () => {
    const mailbox = new MemoryMailbox();
    expect(await mailbox.create(alice, "calendar", note, "t")).toMatchObject({ kind: "invalid" });
    expect(() => mailbox.addItem(user, "inbox", note)).toThrow("invalid");
    expect(() => mailbox.deliver(user, "Subject: x\r\n\r\n", { folder: "notes" })).toThrow("invalid");
    const id = mailbox.addItem(user, "notes", note);
    expect(await mailbox.move(alice, "notes", id, "tasks")).toMatchObject({ kind: "invalid" });
    const replace = { kind: "replace", item: contact } as const;
    expect(await mailbox.update(alice, "notes", id, replace, undefined)).toMatchObject({ kind: "invalid" });
    const flags = { kind: "email-flags", read: true } as const;
    expect(await mailbox.update(alice, "notes", id, flags, undefined)).toMatchObject({ kind: "invalid" });
    expect(mailbox.snapshot(user, "notes").size).toBe(1);
  });

  test("flags are told by short texts that depend on nothing but what they stand for", () => {
    const mailbox = new MemoryMailbox();
    const flagsOf = (id: string) => mailbox.snapshot(user, "inbox").get(id)?.flags;
    const [a = "", b = ""] = ["a", "b"].map((subject) =>
      mailbox.deliver(user, `Subject: ${subject}\r\n\r\n`),
    );
    expect(flagsOf(a)).toEqual({ read: false, followUp: "", categories: "" });
    const flag = { status: "active", subject: "call", utcDueDateMs: 1, dueDateMs: 2 } as const;
    const sameFlag = { dueDateMs: 2, utcDueDateMs: 1, subject: "call", status: "active" } as const;
    mailbox.updateItem(user, "inbox", a, { kind: "email-flags", flag, categories: ["red"], read: true });
    mailbox.updateItem(user, "inbox", b, {
      kind: "email-flags",
      flag: sameFlag,
      categories: ["red"],
      read: true,
    });
    expect(flagsOf(a)).toEqual(flagsOf(b));
    expect(flagsOf(a)?.followUp).toHaveLength(12);
    mailbox.updateItem(user, "inbox", b, { kind: "email-flags", categories: ["blue"] });
    expect(flagsOf(b)?.categories).not.toBe(flagsOf(a)?.categories);
    expect(flagsOf(b)?.followUp).toBe(flagsOf(a)?.followUp);
    mailbox.updateItem(user, "inbox", b, { kind: "email-flags", flag: null, categories: [], read: false });
    expect(flagsOf(b)).toEqual({ read: false, followUp: "", categories: "" });
  });

  test("a series matters until its last occurrence has ended", () => {
    const mailbox = new MemoryMailbox();
    const day = 86_400_000;
    const start = Date.UTC(2026, 0, 1);
    const one = { class: "Calendar", startTimeMs: start, endTimeMs: start + 10 } as const;
    const dateOf = (item: MailboxItem) => {
      const id = mailbox.addItem(user, "calendar", item);
      return mailbox.snapshot(user, "calendar").get(id)?.dateMs;
    };
    const end = { kind: "until", untilMs: start + 9 * day } as const;
    expect(dateOf(one)).toBe(start + 10);
    expect(dateOf({ ...one, recurrence: { type: "daily" } })).toBe(undefined);
    expect(dateOf({ ...one, recurrence: { type: "daily", end } })).toBe(start + 9 * day + 10);
    const counted = {
      type: "weekly",
      dayOfWeek: 16,
      interval: 2,
      end: { kind: "occurrences", count: 3 },
    } as const;
    expect(dateOf({ ...one, recurrence: counted })).toBe(start + 28 * day + 10);
    const moved = { deleted: false, originalStartMs: start, endTimeMs: start + 20 * day } as const;
    expect(dateOf({ ...one, recurrence: { type: "daily", end }, exceptions: [moved] })).toBe(
      start + 20 * day,
    );
  });

  test("a creation token stands for the item as it was created, for a day", async () => {
    const clock = new FakeClock();
    const mailbox = new MemoryMailbox({ clock });
    const created = await mailbox.create(alice, "notes", note, "token");
    if (created.kind !== "created") throw new Error(created.kind);
    const other = { kind: "replace", item: { ...note, subject: "other" } } as const;
    mailbox.updateItem(user, "notes", created.id, other);
    expect(await mailbox.create(alice, "notes", note, "token")).toEqual(created);
    expect(await mailbox.create({ user: "bob" }, "notes", note, "token")).not.toEqual(created);
    clock.jump(2 * 86_400_000);
    mailbox.removeItem(user, "notes", created.id);
    expect(await mailbox.create(alice, "notes", note, "token")).toEqual(created);
    expect(mailbox.snapshot(user, "notes").size).toBe(0);
    await clock.advance(86_400_000);
    expect(await mailbox.create(alice, "notes", note, "token")).not.toEqual(created);
  });

  test("nothing of one run fits another", async () => {
    const runs = [new MemoryMailbox(), new MemoryMailbox()];
    const [a, b] = runs.map((mailbox) => mailbox.addItem(user, "notes", note));
    expect(a).not.toBe(b);
    const versions = runs.map((mailbox) => [...mailbox.snapshot(user, "notes").values()][0]?.version);
    expect(versions[0]).not.toBe(versions[1]);
    const fixed = [1, 2].map(() => new MemoryMailbox({ epoch: "test" }).addItem(user, "notes", note));
    expect(fixed[0]).toBe(fixed[1]);
  });
});

describe("changes from the server's side", () => {
  test("markers change with their own folder alone, and with nothing that is only asked", async () => {
    const mailbox = new MemoryMailbox();
    const markers = () =>
      Promise.all(["inbox", "sent", HIERARCHY].map((folder) => mailbox.marker(alice, folder)));
    const [inbox, sent, tree] = await markers();
    await mailbox.changes(alice, "inbox", first);
    expect(await markers()).toEqual([inbox, sent, tree]);
    const id = mailbox.deliver(user, "Subject: x\r\n\r\n");
    const delivered = await markers();
    expect(delivered).toEqual([expect.not.stringMatching(inbox ?? ""), sent, tree]);
    mailbox.setRead(user, "inbox", id);
    expect((await markers())[0]).not.toBe(delivered[0]);
    mailbox.createFolder(user, { name: "new" });
    expect((await markers())[2]).not.toBe(tree);
    mailbox.expireCursors(user, "sent");
    expect((await markers())[1]).toBe(sent);
  });

  test("watches hear of later changes of their folders, once for what happens together, never inside a call", async () => {
    const mailbox = new MemoryMailbox();
    const told: string[] = [];
    mailbox.deliver(user, "Subject: before\r\n\r\n");
    const stop = await mailbox.watch(alice, ["inbox", "sent"], (folder) => told.push(folder));
    await settle();
    expect(told).toEqual([]);
    mailbox.deliver(user, "Subject: x\r\n\r\n");
    mailbox.deliver(user, "Subject: y\r\n\r\n");
    mailbox.addItem(user, "notes", note);
    mailbox.deliver("bob", "Subject: z\r\n\r\n");
    expect(told).toEqual([]);
    await settle();
    expect(told).toEqual(["inbox"]);
    stop();
    stop();
    mailbox.deliver(user, "Subject: w\r\n\r\n");
    await settle();
    expect(told).toEqual(["inbox"]);
  });

  test("a change right before a watch is not told to it, but to those who watched", async () => {
    const mailbox = new MemoryMailbox();
    const told: string[] = [];
    await mailbox.watch(alice, ["inbox"], () => told.push("early"));
    mailbox.deliver(user, "Subject: x\r\n\r\n");
    await mailbox.watch(alice, ["inbox"], () => told.push("late"));
    await settle();
    expect(told).toEqual(["early"]);
  });

  test("a watch may be stopped, or begun, by what it is told", async () => {
    const mailbox = new MemoryMailbox();
    const told: string[] = [];
    const stops: (() => void)[] = [];
    for (const name of ["a", "b", "c"]) {
      stops.push(
        await mailbox.watch(alice, ["inbox"], () => {
          told.push(name);
          for (const stop of stops) stop();
          void mailbox.watch(alice, ["inbox"], () => told.push("new"));
        }),
      );
    }
    mailbox.deliver(user, "Subject: x\r\n\r\n");
    await settle();
    expect(told).toHaveLength(1);
    expect(mailbox.openWatches).toBe(1);
    mailbox.deliver(user, "Subject: y\r\n\r\n");
    await settle();
    expect(told).toEqual([told[0], "new"]);
  });

  test("the tree is watched like a folder, and a folder's end is told to who watched it", async () => {
    const mailbox = new MemoryMailbox();
    const told: string[] = [];
    const folder = mailbox.createFolder(user, { name: "x" });
    await mailbox.watch(alice, [HIERARCHY, folder.id], (changed) => told.push(changed));
    mailbox.changeFolder(user, folder.id, { name: "y" });
    await settle();
    expect(told).toEqual([HIERARCHY]);
    mailbox.deleteFolder(user, folder.id);
    await settle();
    expect(told.slice(1).sort()).toEqual([HIERARCHY, folder.id]);
  });

  test("stopping in any order leaves no watch", async () => {
    const mailbox = new MemoryMailbox();
    const stops: (() => void)[] = [];
    for (let count = 0; count < 5; count += 1)
      stops.push(await mailbox.watch(alice, ["inbox"], () => undefined));
    expect(mailbox.openWatches).toBe(5);
    for (const at of [2, 0, 4, 1, 3, 0]) stops[at]?.();
    expect(mailbox.openWatches).toBe(0);
  });
});

describe("faults", () => {
  test("calls fail with the given error, all or those named, until it recovers", async () => {
    const mailbox = new MemoryMailbox();
    const error = new Error("away");
    mailbox.faults.failWith(error);
    await expect(mailbox.folders(alice)).rejects.toBe(error);
    await expect(mailbox.watch(alice, ["inbox"], () => undefined)).rejects.toBe(error);
    mailbox.faults.failWith(error, ["changes"]);
    await expect(mailbox.changes(alice, "inbox", first)).rejects.toBe(error);
    expect(await mailbox.folders(alice)).toEqual(defaultFolders);
    mailbox.faults.recover();
    expect(await mailbox.changes(alice, "inbox", first)).toMatchObject({ kind: "page" });
    expect(mailbox.faults.calls("folders")).toBe(2);
    expect(mailbox.faults.calls("move")).toBe(0);
    expect(mailbox.openWatches).toBe(0);
  });

  test("calls wait until it recovers", async () => {
    const mailbox = new MemoryMailbox();
    mailbox.faults.hang(["marker"]);
    let marker: string | undefined;
    const asked = mailbox.marker(alice, "inbox").then((answer) => {
      marker = answer;
    });
    await mailbox.folders(alice);
    await settle();
    expect(marker).toBe(undefined);
    mailbox.faults.recover();
    await asked;
    expect(marker).toBe(await mailbox.marker(alice, "inbox"));
  });

  test("a poisoned item cannot be read until it is cured, and others can", async () => {
    const mailbox = new MemoryMailbox();
    const [bad = "", good = ""] = [1, 2].map(() => mailbox.addItem(user, "notes", note));
    mailbox.poison(user, "notes", bad);
    await expect(mailbox.item(alice, "notes", bad, view)).rejects.toThrow(bad);
    expect(await mailbox.item(alice, "notes", good, view)).toEqual(note);
    expect(mailbox.snapshot(user, "notes").size).toBe(2);
    mailbox.cure(user, "notes", bad);
    expect(await mailbox.item(alice, "notes", bad, view)).toEqual(note);
  });

  test("expired cursors are expired for one folder of one user", async () => {
    const mailbox = new MemoryMailbox();
    const cursorOf = async (name: string, folder: string): Promise<string> => {
      const page = await mailbox.changes({ user: name }, folder, first);
      return page.kind === "page" ? page.cursor : "";
    };
    const [inbox, sent, bobs] = [
      await cursorOf(user, "inbox"),
      await cursorOf(user, "sent"),
      await cursorOf("bob", "inbox"),
    ];
    mailbox.expireCursors(user, "inbox");
    const kinds = await Promise.all([
      mailbox.changes(alice, "inbox", { ...first, cursor: inbox }),
      mailbox.changes(alice, "sent", { ...first, cursor: sent }),
      mailbox.changes({ user: "bob" }, "inbox", { ...first, cursor: bobs }),
    ]);
    expect(kinds.map(({ kind }) => kind)).toEqual(["cursor-expired", "page", "page"]);
  });
});
