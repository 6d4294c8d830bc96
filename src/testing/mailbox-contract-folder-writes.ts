import assert from "node:assert/strict";
import { folderWritingOf, type MailboxFolderWriting } from "../mailbox/abilities/folder-writing.js";
import type { MailboxFolder } from "../mailbox/folder.js";
import { checksOfAbility, type MailboxCheck, type MailboxSubject } from "./mailbox-contract-subject.js";

const wish = { parentId: null, name: "Contract check", kind: "user-mail" } as const;

async function make(
  { ref, settle }: MailboxSubject,
  writing: MailboxFolderWriting,
  place: { readonly parentId: string | null; readonly name: string } = wish,
): Promise<string> {
  const made = await writing.addFolder(ref, { ...wish, ...place }, `token of ${place.name}`);
  assert.equal(made.kind, "created");
  await settle?.();
  return made.kind === "created" ? made.id : "";
}

async function listed({ mailbox, ref }: MailboxSubject, id: string): Promise<MailboxFolder | undefined> {
  return (await mailbox.folders(ref)).find((folder) => folder.id === id);
}

/** What a mailbox that can change its folder tree must do. */
export const folderWriteChecks: Readonly<Record<string, MailboxCheck>> = checksOfAbility(folderWritingOf, {
  "a folder that was made is listed as it was wished for, and takes items": async (subject, writing) => {
    const id = await make(subject, writing);
    assert.deepEqual(await listed(subject, id), { id, ...wish });
    const query = { cursor: undefined, sinceMs: undefined, limit: 10 };
    assert.equal((await subject.mailbox.changes(subject.ref, id, query)).kind, "page");
    const below = await make(subject, writing, { parentId: id, name: "Below" });
    assert.equal((await listed(subject, below))?.parentId, id);
  },

  "a folder that is made again with the same token is not made twice": async (subject, writing) => {
    const id = await make(subject, writing);
    const before = (await subject.mailbox.folders(subject.ref)).length;
    const repeated = await writing.addFolder(subject.ref, wish, `token of ${wish.name}`);
    if (repeated.kind === "created") assert.equal(repeated.id, id);
    else assert.equal(repeated.kind, "name-taken");
    assert.equal((await subject.mailbox.folders(subject.ref)).length, before);
  },

  "a name is given once in a folder": async (subject, writing) => {
    const { ref } = subject;
    const id = await make(subject, writing);
    const other = await make(subject, writing, { parentId: null, name: "Contract check 2" });
    assert.deepEqual(await writing.addFolder(ref, wish, "another token"), { kind: "name-taken" });
    assert.deepEqual(await writing.updateFolder(ref, other, wish), { kind: "name-taken" });
    assert.equal((await writing.updateFolder(ref, id, wish)).kind, "updated");
  },

  "a folder that is renamed and moved keeps its id and what is below it": async (subject, writing) => {
    const id = await make(subject, writing);
    const below = await make(subject, writing, { parentId: id, name: "Below" });
    const target = await make(subject, writing, { parentId: null, name: "Target" });
    const to = { parentId: target, name: "Renamed" };
    assert.deepEqual(await writing.updateFolder(subject.ref, id, to), { kind: "updated" });
    await subject.settle?.();
    assert.deepEqual(await listed(subject, id), { ...wish, id, ...to });
    assert.equal((await listed(subject, below))?.parentId, id);
    const refused = await writing.updateFolder(subject.ref, id, { parentId: below, name: "Renamed" });
    assert.notEqual(refused.kind, "updated", "a folder was moved below itself");
  },

  "a folder is removed with what is below it, and once": async (subject, writing) => {
    const id = await make(subject, writing);
    const below = await make(subject, writing, { parentId: id, name: "Below" });
    assert.deepEqual(await writing.removeFolder(subject.ref, id), { kind: "deleted" });
    await subject.settle?.();
    assert.equal(await listed(subject, id), undefined);
    assert.equal(await listed(subject, below), undefined);
    assert.deepEqual(await writing.removeFolder(subject.ref, id), { kind: "not-found" });
    assert.notEqual(await make(subject, writing, { parentId: null, name: "Next" }), id);
  },

  "folder writes to what does not exist find nothing": async ({ ref, folder }, writing) => {
    const gone = "no-such-folder";
    const noParent = { kind: "parent-not-found" };
    assert.deepEqual(await writing.addFolder(ref, { ...wish, parentId: gone }, "token"), noParent);
    assert.deepEqual(await writing.updateFolder(ref, gone, wish), { kind: "not-found" });
    assert.deepEqual(await writing.removeFolder(ref, gone), { kind: "not-found" });
    const kept = await writing.updateFolder(ref, folder, { parentId: gone, name: "Lost" });
    assert.notEqual(kept.kind, "updated", "a folder was moved below one that does not exist");
  },
});
