import { expect, test } from "vitest";
import { DirectPushError } from "../../../src/errors.js";
import { guardedMailbox } from "../../../src/mailbox/guarded-mailbox.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

const alice = { user: "alice" };

async function rejection(promise: Promise<unknown>): Promise<DirectPushError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DirectPushError) return error;
  throw new Error(`no DirectPushError but ${String(error)}`);
}

test("every call goes through with its arguments and answers", async () => {
  const mailbox = new MemoryMailbox();
  const guarded = guardedMailbox(mailbox, { timeoutMs: 1_000 });
  const note = { class: "Notes", subject: "one" } as const;
  const created = await guarded.create(alice, "notes", note, "token");
  if (created.kind !== "created") throw new Error(created.kind);
  const { id, version } = created;
  expect(await guarded.itemVersion(alice, "notes", id)).toEqual({ version });
  expect(await guarded.item(alice, "notes", id, { bodies: [], withBody: true })).toEqual(note);
  const query = { cursor: undefined, sinceMs: undefined, limit: 5 };
  expect(await guarded.changes(alice, "notes", query)).toMatchObject({ changes: [{ id }] });
  const dated = { fromMs: undefined, beforeMs: Infinity, cursor: undefined, limit: 5 };
  expect(await guarded.itemsDated(alice, "notes", dated)).toMatchObject({ items: [], more: false });
  const update = { kind: "replace", item: { ...note, subject: "two" } } as const;
  expect(await guarded.update(alice, "notes", id, update, "other")).toEqual({ kind: "version-mismatch" });
  expect(await guarded.update(alice, "notes", id, update, version)).toMatchObject({ kind: "updated" });
  const folder = mailbox.createFolder("alice", { name: "More", kind: "user-notes" });
  expect(await guarded.folders(alice)).toContainEqual(folder);
  const moved = await guarded.move(alice, "notes", id, folder.id);
  if (moved.kind !== "moved") throw new Error(moved.kind);
  expect(await guarded.delete(alice, folder.id, moved.id)).toEqual({ kind: "deleted" });
  expect(await guarded.userInformation?.(alice)).toEqual({ addresses: ["alice"] });
});

test("folders are written through it", async () => {
  const mailbox = new MemoryMailbox();
  const guarded = guardedMailbox(mailbox, { timeoutMs: 1_000 });
  const wish = { parentId: null, name: "New", kind: "user-mail" } as const;
  const made = await guarded.addFolder?.(alice, wish, "token");
  if (made?.kind !== "created") throw new Error(made?.kind);
  expect(await guarded.addFolder?.(alice, wish, "token")).toEqual(made);
  const to = { parentId: "inbox", name: "Renamed" };
  expect(await guarded.updateFolder?.(alice, made.id, to)).toEqual({ kind: "updated" });
  expect(await guarded.folders(alice)).toContainEqual({ ...wish, ...to, id: made.id });
  mailbox.faults.failWith(new Error("down"), ["removeFolder"]);
  const failed = await rejection(guarded.removeFolder?.(alice, made.id) ?? Promise.resolve());
  expect(failed.code).toBe("ERR_MAILBOX_UNAVAILABLE");
  mailbox.faults.recover();
  expect(await guarded.removeFolder?.(alice, made.id)).toEqual({ kind: "deleted" });
});

test("folders are written where the mailbox has all three calls", () => {
  const { updateFolder: _, ...some } = guardedMailbox(new MemoryMailbox(), { timeoutMs: 1_000 });
  expect("addFolder" in guardedMailbox(some, { timeoutMs: 1_000 })).toBe(false);
});

test("an ability that the mailbox lacks is not there", () => {
  const plain = guardedMailbox(new MemoryMailbox(), { timeoutMs: 1_000 });
  const { userInformation: _, ...without } = plain;
  expect("userInformation" in plain).toBe(true);
  expect("userInformation" in guardedMailbox(without, { timeoutMs: 1_000 })).toBe(false);
});

test("a rejection and a throw mean that the mailbox is unavailable, with the reason as cause", async () => {
  const mailbox = new MemoryMailbox();
  const reason = new Error("connection refused");
  mailbox.faults.failWith(reason);
  const error = await rejection(guardedMailbox(mailbox, { timeoutMs: 1_000 }).folders(alice));
  expect(error.code).toBe("ERR_MAILBOX_UNAVAILABLE");
  expect(error.cause).toMatchObject({ code: "ERR_CALL_FAILED", cause: reason });

  mailbox.folders = () => {
    throw reason;
  };
  const thrown = await rejection(guardedMailbox(mailbox, { timeoutMs: 1_000 }).folders(alice));
  expect(thrown.code).toBe("ERR_MAILBOX_UNAVAILABLE");
});

test("silence means that the mailbox is unavailable once the time is over", async () => {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox();
  mailbox.faults.hang();
  const answer = rejection(guardedMailbox(mailbox, { timeoutMs: 250, clock }).folders(alice));
  await clock.advance(249);
  await clock.advance(1);
  const error = await answer;
  expect(error.code).toBe("ERR_MAILBOX_UNAVAILABLE");
  expect(error.cause).toMatchObject({ code: "ERR_CALL_TIMEOUT" });
  mailbox.faults.recover();
});

test("an item that cannot be read is not taken for a mailbox that is away, one that is not answered for is", async () => {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox();
  const guarded = guardedMailbox(mailbox, { timeoutMs: 250, clock });
  const id = mailbox.addItem("alice", "notes", { class: "Notes" });
  mailbox.poison("alice", "notes", id);
  const view = { bodies: [], withBody: true };
  const broken = await rejection(guarded.item(alice, "notes", id, view));
  expect(broken.code).toBe("ERR_CALL_FAILED");

  mailbox.faults.hang();
  const silent = rejection(guarded.item(alice, "notes", id, view));
  await clock.advance(250);
  expect((await silent).code).toBe("ERR_MAILBOX_UNAVAILABLE");
  mailbox.faults.recover();
});

test("an item that times out for the third time in a row counts as broken, unless it loaded meanwhile", async () => {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox();
  const id = mailbox.addItem("alice", "notes", { class: "Notes" });
  const guarded = guardedMailbox(mailbox, { timeoutMs: 1_000, clock });
  const load = async (): Promise<string> => {
    const code = guarded.item(alice, "notes", id, { bodies: [], withBody: true }).then(
      () => "loaded",
      (error: DirectPushError) => error.code,
    );
    await clock.advance(1_000);
    return code;
  };
  mailbox.faults.hang(["item"]);
  expect([await load(), await load()]).toEqual(["ERR_MAILBOX_UNAVAILABLE", "ERR_MAILBOX_UNAVAILABLE"]);
  mailbox.faults.recover();
  expect(await load()).toBe("loaded");
  mailbox.faults.hang(["item"]);
  expect([await load(), await load()]).toEqual(["ERR_MAILBOX_UNAVAILABLE", "ERR_MAILBOX_UNAVAILABLE"]);
  expect([await load(), await load()]).toEqual(["ERR_CALL_TIMEOUT", "ERR_CALL_TIMEOUT"]);
  mailbox.faults.recover();
});
