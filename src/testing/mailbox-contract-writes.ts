import assert from "node:assert/strict";
import type { MailboxItem } from "../mailbox/items/item.js";
import {
  apply,
  content,
  day,
  type MailboxCheck,
  type MailboxSubject,
  readAll,
  withoutDate,
} from "./mailbox-contract-subject.js";

async function create(subject: MailboxSubject, item: MailboxItem, token: string): Promise<string> {
  const { mailbox, ref, folder } = subject;
  const created = await mailbox.create(ref, folder, item, token);
  assert.equal(created.kind, "created");
  await subject.settle?.();
  return created.kind === "created" ? created.id : "";
}

async function versionOf(subject: MailboxSubject, id: string): Promise<string> {
  const { mailbox, ref, folder } = subject;
  return (await mailbox.itemVersion(ref, folder, id))?.version ?? assert.fail(`item ${id} has no version`);
}

/** What writes must do. */
export const writeChecks: Readonly<Record<string, MailboxCheck>> = {
  "a created item is told by the change list, with the version that creating it told": async (subject) => {
    const item = subject.newItem?.();
    if (item === undefined) return;
    const { mailbox, ref, folder } = subject;
    const { cursor } = await readAll(subject, undefined);
    const created = await mailbox.create(ref, folder, item, "token");
    assert.equal(created.kind, "created");
    await subject.settle?.();
    if (created.kind !== "created") return;
    const told = apply(new Map(), (await readAll(subject, cursor)).changes).get(created.id);
    assert.equal(told?.version, created.version);
    assert.deepEqual(told?.flags, created.flags);
    const stored = await mailbox.item(ref, folder, created.id, { bodies: [], withBody: true });
    assert.equal(stored?.class, item.class);
  },

  "a creation that is repeated creates nothing": async (subject) => {
    const item = subject.newItem?.();
    if (item === undefined) return;
    const id = await create(subject, item, "token");
    assert.equal(await create(subject, item, "token"), id);
    assert.equal((await content(subject)).size, 1);
    assert.notEqual(await create(subject, item, "another token"), id);
    assert.equal((await content(subject)).size, 2);
  },

  "two creations with one token at the same time create one item": async (subject) => {
    const item = subject.newItem?.();
    if (item === undefined) return;
    const ids = await Promise.all([create(subject, item, "token"), create(subject, item, "token")]);
    assert.equal(ids[0], ids[1]);
    assert.equal((await content(subject)).size, 1);
  },

  "replacing an item changes its version, and is refused for another version": async (subject) => {
    const item = subject.newItem?.();
    if (item === undefined) return;
    const { mailbox, ref, folder } = subject;
    const id = await create(subject, item, "token");
    const before = await versionOf(subject, id);
    const { cursor } = await readAll(subject, undefined);
    const update = { kind: "replace", item } as const;
    const refused = await mailbox.update(ref, folder, id, update, `not ${before}`.slice(0, 64));
    assert.equal(refused.kind, "version-mismatch");
    assert.equal(await versionOf(subject, id), before);
    const updated = await mailbox.update(ref, folder, id, update, before);
    // A back end may have items that never change, as the mails of most are.
    if (updated.kind === "invalid") return assert.equal(await versionOf(subject, id), before);
    assert.equal(updated.kind, "updated");
    await subject.settle?.();
    if (updated.kind !== "updated") return;
    assert.notEqual(updated.version, before);
    assert.equal(await versionOf(subject, id), updated.version);
    const told = apply(new Map(), (await readAll(subject, cursor)).changes);
    assert.equal(told.get(id)?.version, updated.version);
  },

  "marking a mail read changes its flags and nothing else": async (subject) => {
    const { mailbox, ref, folder } = subject;
    const id = await subject.add(day(1));
    const before = await mailbox.itemVersion(ref, folder, id);
    if (before?.flags === undefined) return;
    const { cursor } = await readAll(subject, undefined);
    const update = { kind: "email-flags", read: !before.flags.read } as const;
    const updated = await mailbox.update(ref, folder, id, update, before.version);
    assert.equal(updated.kind, "updated");
    await subject.settle?.();
    const expected = { version: before.version, flags: { ...before.flags, read: !before.flags.read } };
    const after = await mailbox.itemVersion(ref, folder, id);
    assert.deepEqual(after && withoutDate(after), expected);
    assert.deepEqual(apply(new Map(), (await readAll(subject, cursor)).changes).get(id), expected);
    const item = await mailbox.item(ref, folder, id, { bodies: [], withBody: false });
    assert.equal(item?.class === "Email" && item.read, expected.flags.read);
  },

  "a follow-up flag can be set and cleared": async (subject) => {
    const { mailbox, ref, folder } = subject;
    const id = await subject.add(day(1));
    const before = await mailbox.itemVersion(ref, folder, id);
    if (before?.flags === undefined) return;
    const set = { kind: "email-flags", flag: { status: "active" } } as const;
    assert.equal((await mailbox.update(ref, folder, id, set, undefined)).kind, "updated");
    const flagged = await mailbox.itemVersion(ref, folder, id);
    assert.notEqual(flagged?.flags?.followUp, before.flags.followUp);
    assert.equal(flagged?.version, before.version);
    const clear = { kind: "email-flags", flag: null } as const;
    assert.equal((await mailbox.update(ref, folder, id, clear, undefined)).kind, "updated");
    assert.deepEqual(await mailbox.itemVersion(ref, folder, id), before);
  },

  "writes to what does not exist find nothing": async (subject) => {
    const { mailbox, ref, folder } = subject;
    const notFound = { kind: "not-found" };
    const flags = { kind: "email-flags", read: true } as const;
    assert.deepEqual(await mailbox.update(ref, folder, "no-such-item", flags, undefined), notFound);
    assert.deepEqual(await mailbox.delete(ref, folder, "no-such-item"), notFound);
    const target = subject.otherFolder ?? folder;
    assert.deepEqual(await mailbox.move(ref, folder, "no-such-item", target), notFound);
    const item = subject.newItem?.();
    if (item === undefined) return;
    assert.deepEqual(await mailbox.create(ref, "no-such-folder", item, "token"), notFound);
  },

  "an item is deleted once": async (subject) => {
    const { mailbox, ref, folder } = subject;
    const id = await subject.add(day(1));
    assert.deepEqual(await mailbox.delete(ref, folder, id), { kind: "deleted" });
    await subject.settle?.();
    assert.deepEqual(await mailbox.delete(ref, folder, id), { kind: "not-found" });
    assert.deepEqual(await content(subject), new Map());
  },

  "a moved item is gone here and present there": async (subject) => {
    const { mailbox, ref, folder, otherFolder } = subject;
    if (otherFolder === undefined) return;
    const id = await subject.add(day(1));
    const here = await readAll(subject, undefined);
    const there = await readAll({ ...subject, folder: otherFolder }, undefined);
    const moved = await mailbox.move(ref, folder, id, otherFolder);
    assert.equal(moved.kind, "moved");
    await subject.settle?.();
    if (moved.kind !== "moved") return;
    assert.deepEqual((await readAll(subject, here.cursor)).changes, [{ kind: "gone", id }]);
    const arrived = await readAll({ ...subject, folder: otherFolder }, there.cursor);
    assert.equal(apply(new Map(), arrived.changes).get(moved.id)?.version, moved.version);
    assert.equal(await mailbox.itemVersion(ref, folder, id), undefined);
    assert.deepEqual(await mailbox.move(ref, otherFolder, moved.id, "no-such-folder"), { kind: "not-found" });
  },
};
