import assert from "node:assert/strict";
import { emptyFolderOf } from "../mailbox/abilities/empty-folder.js";
import { apply, type MailboxCheck, readAll } from "./mailbox-contract-subject.js";

/** What emptying folders must do, where a mailbox does. */
export const emptyFolderChecks: Readonly<Record<string, MailboxCheck>> = {
  "an emptied folder is empty, and its change list tells so": async (subject) => {
    const { mailbox, ref, folder } = subject;
    const able = emptyFolderOf(mailbox);
    if (able === undefined) return;
    const ids = [await subject.add(1_000), await subject.add(2_000)];
    const before = await readAll(subject, undefined);
    assert.deepEqual(await able.emptyFolder(ref, folder, { withSubfolders: false }), { kind: "emptied" });
    await subject.settle?.();
    const known = apply(apply(new Map(), before.changes), (await readAll(subject, before.cursor)).changes);
    assert.equal(known.size, 0);
    for (const id of ids) assert.equal(await mailbox.itemVersion(ref, folder, id), undefined);
    assert.ok((await mailbox.folders(ref)).some(({ id }) => id === folder));
    assert.deepEqual(await able.emptyFolder(ref, folder, { withSubfolders: true }), { kind: "emptied" });
  },

  "a folder that does not exist is not emptied": async ({ mailbox, ref }) => {
    const able = emptyFolderOf(mailbox);
    if (able === undefined) return;
    const answer = await able.emptyFolder(ref, "no-such-folder", { withSubfolders: false });
    assert.deepEqual(answer, { kind: "not-found" });
  },
};
