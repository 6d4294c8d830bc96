import { describe, expect, test } from "vitest";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import { changesFromListing, type ListingOptions } from "../../../src/mailbox/listed-changes.js";
import type { ListedItem } from "../../../src/mailbox/listed-changes-folder.js";
import type { Mailbox } from "../../../src/mailbox/mailbox.js";
import { HIERARCHY } from "../../../src/push/mailbox-change-source.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { mailboxContract } from "../../../src/testing/mailbox-contract.js";
import type { MailboxSubject } from "../../../src/testing/mailbox-contract-subject.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

const user = "alice";
const alice = { user };
const first = { cursor: undefined, sinceMs: undefined, limit: 100 };

/** A back end that can list, over a memory mailbox that can do more. */
class ListingBackEnd {
  readonly clock = new FakeClock();
  readonly store = new MemoryMailbox({ clock: this.clock });
  listings = 0;
  error: Error | undefined;

  readonly list = async (_mailbox: unknown, folder: string): Promise<readonly ListedItem[] | undefined> => {
    this.listings += 1;
    if (this.error !== undefined) throw this.error;
    const items = [...this.store.snapshot(user, folder)].map(([id, item]) => ({ id, ...item }));
    return (await this.store.folders(alice)).some(({ id }) => id === folder) ? items : undefined;
  };

  changes(options: Partial<ListingOptions> = {}) {
    return changesFromListing({ list: this.list, clock: this.clock, intervalMs: 1_000, ...options });
  }

  deliver(subject = "x"): string {
    return this.store.deliver(user, `Subject: ${subject}\r\n\r\n`);
  }
}

function mail(dateReceivedMs: number): MailboxItem {
  return { class: "Email", subject: "s", from: "f", to: "t", dateReceivedMs, read: false };
}

describe("as a mailbox", () => {
  const make = (): MailboxSubject => {
    const backEnd = new ListingBackEnd();
    const { store } = backEnd;
    const mailbox: Mailbox = {
      ...backEnd.changes(),
      folders: (ref) => store.folders(ref),
      item: (ref, folder, id, view) => store.item(ref, folder, id, view),
      create: (ref, folder, item, token) => store.create(ref, folder, item, token),
      update: (ref, folder, id, update, expected) => store.update(ref, folder, id, update, expected),
      delete: (ref, folder, id) => store.delete(ref, folder, id),
      move: (ref, folder, id, toFolder) => store.move(ref, folder, id, toFolder),
    };
    return {
      mailbox,
      ref: alice,
      folder: "inbox",
      otherFolder: "deleted",
      add: async (dateMs) => store.addItem(user, "inbox", mail(dateMs)),
      newItem: () => mail(0),
    };
  };
  for (const { name, run } of mailboxContract(make)) test(name, run);
});

describe("what it lists", () => {
  test("pages that go on are answered from one listing", async () => {
    const backEnd = new ListingBackEnd();
    for (let count = 0; count < 10; count += 1) backEnd.deliver();
    const changes = backEnd.changes();
    let cursor: string | undefined;
    let items = 0;
    for (;;) {
      const page = await changes.changes(alice, "inbox", { cursor, sinceMs: undefined, limit: 3 });
      if (page.kind !== "page") throw new Error(page.kind);
      items += page.changes.length;
      cursor = page.cursor;
      if (!page.more) break;
    }
    expect({ items, listings: backEnd.listings }).toEqual({ items: 10, listings: 1 });
  });

  test("questions that come together share a listing that began after them", async () => {
    const backEnd = new ListingBackEnd();
    const changes = backEnd.changes();
    const early = changes.marker(alice, "inbox");
    backEnd.deliver();
    const late = await Promise.all(Array.from({ length: 10 }, () => changes.marker(alice, "inbox")));
    expect(backEnd.listings).toBe(2);
    expect(new Set(late).size).toBe(1);
    expect(late[0]).not.toBe(await early);
  });

  test("a listing is used again while it is fresh, until somebody says that it is not", async () => {
    const backEnd = new ListingBackEnd();
    const changes = backEnd.changes({ freshMs: 500 });
    const before = await changes.marker(alice, "inbox");
    backEnd.deliver();
    expect(await changes.marker(alice, "inbox")).toBe(before);
    await changes.changed(alice, "inbox");
    const after = await changes.marker(alice, "inbox");
    expect(after).not.toBe(before);
    backEnd.deliver();
    await backEnd.clock.advance(500);
    expect(await changes.marker(alice, "inbox")).not.toBe(after);
    expect(backEnd.listings).toBe(3);
  });

  test("the least recently used folders are forgotten, and their cursors expire", async () => {
    const backEnd = new ListingBackEnd();
    const changes = backEnd.changes({ maxFolders: 2 });
    const page = await changes.changes(alice, "inbox", first);
    if (page.kind !== "page") throw new Error(page.kind);
    await changes.marker(alice, "sent");
    expect(await changes.changes(alice, "inbox", { ...first, cursor: page.cursor })).toMatchObject({
      kind: "page",
    });
    await changes.marker(alice, "drafts");
    await changes.marker(alice, "outbox");
    const again = await changes.changes(alice, "inbox", { ...first, cursor: page.cursor });
    expect(again).toEqual({ kind: "cursor-expired" });
  });

  test("folders with too many items together are forgotten, but for the one that was asked for last", async () => {
    const backEnd = new ListingBackEnd();
    const changes = backEnd.changes({ maxItems: 3 });
    const cursorOf = async (folder: string): Promise<string> => {
      const page = await changes.changes(alice, folder, first);
      return page.kind === "page" ? page.cursor : page.kind;
    };
    for (let number = 0; number < 3; number += 1) backEnd.deliver();
    const inbox = await cursorOf("inbox");
    const sent = await cursorOf("sent");
    expect((await changes.changes(alice, "inbox", { ...first, cursor: inbox })).kind).toBe("page");
    await backEnd.store.create(alice, "sent", mail(1), "token");
    expect((await changes.changes(alice, "sent", { ...first, cursor: sent })).kind).toBe("page");
    expect((await changes.changes(alice, "inbox", { ...first, cursor: inbox })).kind).toBe("cursor-expired");
    for (let number = 0; number < 3; number += 1) backEnd.deliver();
    const many = await cursorOf("inbox");
    expect((await changes.changes(alice, "inbox", { ...first, cursor: many })).kind).toBe("page");
  });

  test("a cursor of another process has expired", async () => {
    const backEnd = new ListingBackEnd();
    const page = await backEnd.changes().changes(alice, "inbox", first);
    if (page.kind !== "page") throw new Error(page.kind);
    const restarted = await backEnd.changes().changes(alice, "inbox", { ...first, cursor: page.cursor });
    expect(restarted).toEqual({ kind: "cursor-expired" });
  });

  test("a listing that fails rejects, and the next may be answered", async () => {
    const backEnd = new ListingBackEnd();
    const changes = backEnd.changes();
    backEnd.error = new Error("away");
    await expect(changes.marker(alice, "inbox")).rejects.toMatchObject({ code: "ERR_CALL_FAILED" });
    await expect(changes.watch(alice, ["inbox"], () => undefined)).rejects.toMatchObject({
      code: "ERR_CALL_FAILED",
    });
    expect(backEnd.clock.pendingTimers).toBe(0);
    backEnd.error = undefined;
    expect(typeof (await changes.marker(alice, "inbox"))).toBe("string");
  });

  test("a listing that never ends fails in time, and does not block the folder", async () => {
    const backEnd = new ListingBackEnd();
    let hangs = true;
    const list: ListingOptions["list"] = (mailbox, folder) =>
      hangs ? new Promise(() => undefined) : backEnd.list(mailbox, folder);
    const changes = backEnd.changes({ list, timeoutMs: 100 });
    const answers = [changes.marker(alice, "inbox"), changes.marker(alice, "inbox")].map((marker) =>
      expect(marker).rejects.toMatchObject({ code: "ERR_CALL_TIMEOUT" }),
    );
    await backEnd.clock.advance(100);
    await backEnd.clock.advance(100);
    await Promise.all(answers);
    hangs = false;
    expect(typeof (await changes.marker(alice, "inbox"))).toBe("string");
  });
});

describe("what it watches", () => {
  test("a change is told at the next look, once, to every watch of the folder", async () => {
    const backEnd = new ListingBackEnd();
    const changes = backEnd.changes();
    const told: string[] = [];
    const stopOne = await changes.watch(alice, ["inbox", "sent"], (folder) => told.push(`one ${folder}`));
    const stopTwo = await changes.watch(alice, ["inbox"], (folder) => told.push(`two ${folder}`));
    backEnd.deliver();
    await backEnd.clock.advance(999);
    expect(told).toEqual([]);
    await backEnd.clock.advance(1);
    expect(told).toEqual(["one inbox", "two inbox"]);
    await backEnd.clock.advance(5_000);
    expect(told).toHaveLength(2);
    stopOne();
    stopOne();
    backEnd.deliver();
    await backEnd.clock.advance(1_000);
    expect(told).toEqual(["one inbox", "two inbox", "two inbox"]);
    stopTwo();
    expect(backEnd.clock.pendingTimers).toBe(0);
  });

  test("a change of which anybody asks, or tells, is told at once", async () => {
    const backEnd = new ListingBackEnd();
    const changes = backEnd.changes();
    const told: string[] = [];
    const stop = await changes.watch(alice, ["inbox"], (folder) => told.push(folder));
    backEnd.deliver();
    await changes.marker(alice, "inbox");
    expect(told).toEqual(["inbox"]);
    backEnd.deliver();
    await changes.changed(alice, "inbox");
    expect(told).toEqual(["inbox", "inbox"]);
    stop();
  });

  test("looking goes on after a failure, and stops with the last watch even while it looks", async () => {
    const backEnd = new ListingBackEnd();
    const changes = backEnd.changes();
    const told: string[] = [];
    const stop = await changes.watch(alice, ["inbox"], (folder) => told.push(folder));
    backEnd.error = new Error("away");
    await backEnd.clock.advance(3_000);
    backEnd.error = undefined;
    backEnd.deliver();
    await backEnd.clock.advance(1_000);
    expect(told).toEqual(["inbox"]);

    stop();
    const again = await changes.watch(alice, ["inbox"], (folder) => told.push(folder));
    expect(backEnd.clock.pendingTimers).toBe(1);
    again();
    const { listings } = backEnd;
    await backEnd.clock.advance(5_000);
    expect(backEnd.listings).toBe(listings);
    expect(backEnd.clock.pendingTimers).toBe(0);
  });

  test("a watch that begins while a look runs does not make two looks of one", async () => {
    const backEnd = new ListingBackEnd();
    let release: (() => void) | undefined;
    let isSlow = false;
    const list: ListingOptions["list"] = async (mailbox, folder) => {
      if (isSlow) await new Promise<void>((resolve) => (release = resolve));
      return await backEnd.list(mailbox, folder);
    };
    const changes = backEnd.changes({ list });
    const stop = await changes.watch(alice, ["inbox"], () => undefined);
    isSlow = true;
    await backEnd.clock.advance(1_000);
    stop();
    const stopAgain = await changes.watch(alice, ["inbox"], () => undefined);
    isSlow = false;
    release?.();
    await backEnd.clock.settle();
    const timersOfLooks = backEnd.clock.pendingTimers;
    stopAgain();
    expect(timersOfLooks).toBe(1);
    expect(backEnd.clock.pendingTimers).toBe(0);
  });

  test("the folder tree is watched through the list of folders; a folder that goes is told", async () => {
    const backEnd = new ListingBackEnd();
    const folder = backEnd.store.createFolder(user, { name: "Projects" });
    const changes = backEnd.changes({ folders: (mailbox) => backEnd.store.folders(mailbox) });
    const told: string[] = [];
    const stop = await changes.watch(alice, [HIERARCHY, folder.id], (changed) => told.push(changed));
    const before = await changes.marker(alice, HIERARCHY);
    backEnd.store.changeFolder(user, folder.id, { name: "Plans" });
    await backEnd.clock.advance(1_000);
    expect(told).toEqual([HIERARCHY]);
    expect(await changes.marker(alice, HIERARCHY)).not.toBe(before);
    backEnd.store.deleteFolder(user, folder.id);
    await backEnd.clock.advance(1_000);
    expect(told.sort()).toEqual([HIERARCHY, HIERARCHY, folder.id].sort());
    expect(await changes.changes(alice, folder.id, first)).toEqual({ kind: "folder-gone" });
    stop();
  });
});
