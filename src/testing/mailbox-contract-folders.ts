import assert from "node:assert/strict";
import type { FolderKind } from "../mailbox/folder.js";
import { HIERARCHY } from "../push/mailbox-change-source.js";
import type { MailboxCheck } from "./mailbox-contract-subject.js";

function isDefaultKind(kind: FolderKind): boolean {
  return !kind.startsWith("user-");
}

/** What folder lists must be like. */
export const folderChecks: Readonly<Record<string, MailboxCheck>> = {
  "folders come parents first, with ids that fit and names for all": async ({ mailbox, ref, folder }) => {
    const folders = await mailbox.folders(ref);
    const seen = new Set<string>();
    for (const { id, parentId, name, kind } of folders) {
      assert.ok(id.length >= 1 && id.length <= 64, `folder id ${JSON.stringify(id)}`);
      assert.ok(id !== HIERARCHY && id !== "0", `folder id ${id} has another meaning`);
      assert.ok(id !== "RI" || kind === "recipient-cache", "RI is the recipient cache's id");
      assert.ok(name.length >= 1 && name.length <= 256, `folder name ${JSON.stringify(name)}`);
      assert.ok(!seen.has(id), `two folders have the id ${id}`);
      assert.ok(parentId === null || seen.has(parentId), `folder ${id} comes before its parent ${parentId}`);
      seen.add(id);
    }
    assert.ok(seen.has(folder), "the folder under test is not listed");
  },

  "each default kind is there at most once, and siblings have different names": async ({ mailbox, ref }) => {
    const folders = await mailbox.folders(ref);
    const kinds = folders.map(({ kind }) => kind).filter(isDefaultKind);
    assert.equal(new Set(kinds).size, kinds.length, `default kinds: ${kinds.join(", ")}`);
    const names = folders.map(({ parentId, name }) => JSON.stringify([parentId, name]));
    assert.equal(new Set(names).size, names.length, `names: ${names.join(", ")}`);
  },

  "the list of folders is the same when nothing happened": async ({ mailbox, ref }) => {
    assert.deepEqual(await mailbox.folders(ref), await mailbox.folders(ref));
  },

  "a folder that does not exist is gone": async ({ mailbox, ref }) => {
    const query = { cursor: undefined, sinceMs: undefined, limit: 10 };
    assert.deepEqual(await mailbox.changes(ref, "no-such-folder", query), { kind: "folder-gone" });
  },
};
