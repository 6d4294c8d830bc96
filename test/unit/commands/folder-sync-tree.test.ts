import { describe, expect, it } from "vitest";
import { isSameTree, toldFolders, treeDelta } from "../../../src/commands/folder-tree.js";
import type { FolderKind, MailboxFolder } from "../../../src/mailbox/folder.js";

function folder(id: string, parentId: string | null = null, kind: FolderKind = "user-mail"): MailboxFolder {
  return { id, parentId, name: `Folder ${id}`, kind };
}

const ids = (folders: readonly { readonly id: string; readonly parentId: string }[]): readonly string[] =>
  folders.map(({ id, parentId }) => `${id}<${parentId}`);

describe("the folders that a device is told of", () => {
  it("list parents before children, in whatever order the mailbox lists them", () => {
    const told = toldFolders([folder("c", "b"), folder("b", "a"), folder("d", "c"), folder("a")], "16.1");
    expect(ids(told)).toEqual(["a<0", "b<a", "c<b", "d<c"]);
  });

  it("hang at the root where the parent is missing, not shown, or below themselves", () => {
    const folders = [
      folder("orphan", "nowhere"),
      folder("n", null, "notes"),
      folder("below-notes", "n"),
      folder("x", "y"),
      folder("y", "x"),
      folder("self", "self"),
    ];
    expect(ids(toldFolders(folders, "12.1"))).toEqual(["orphan<0", "below-notes<0", "y<0", "x<y", "self<0"]);
  });

  it("leave out ids that a device cannot use, and repeat none", () => {
    const folders = ["", "0", "#hierarchy", "x".repeat(65), "ok", "ok"].map((id) => folder(id));
    expect(ids(toldFolders(folders, "16.1"))).toEqual(["ok<0"]);
  });

  it("have names of 1 to 256 characters", () => {
    const [empty, long] = toldFolders(
      [
        { ...folder("a"), name: "" },
        { ...folder("b"), name: "n".repeat(300) },
      ],
      "16.1",
    );
    expect(empty?.name).toBe("a");
    expect(long?.name).toBe("n".repeat(256));
  });

  it("take 10,000 folders, nested or not, without delay or overflow", () => {
    const flat = Array.from({ length: 5_000 }, (_, index) => folder(`f${index}`));
    const deep = Array.from({ length: 5_000 }, (_, index) => folder(`d${index}`, `d${index + 1}`));
    expect(toldFolders([...flat, ...deep], "16.1")).toHaveLength(10_000);
  });
});

describe("what changed from one tree to another", () => {
  it("is nothing when they differ in order alone", () => {
    const before = toldFolders([folder("a"), folder("b")], "16.1");
    const after = toldFolders([folder("b"), folder("a")], "16.1");
    expect(isSameTree(before, after)).toBe(true);
    expect(treeDelta(before, after)).toEqual({ added: [], updated: [], deleted: [] });
  });

  it.each([
    ["a name", { ...folder("a"), name: "Other" }],
    ["a parent", folder("a", "b")],
    ["a kind", folder("a", null, "user-calendar")],
  ])("is an update for %s", (_, changed) => {
    const before = toldFolders([folder("a"), folder("b")], "16.1");
    const after = toldFolders([changed, folder("b")], "16.1");
    expect(isSameTree(before, after)).toBe(false);
    expect(treeDelta(before, after)).toMatchObject({ added: [], updated: [{ id: "a" }], deleted: [] });
  });

  it("turns the one into the other, whatever they are", () => {
    const before = toldFolders([folder("a"), folder("b", "a"), folder("c", "b"), folder("d")], "16.1");
    const after = toldFolders([folder("d"), folder("c", "d"), folder("e", "c")], "16.1");
    const device = new Map(before.map((known) => [known.id, known]));
    const { added, updated, deleted } = treeDelta(before, after);
    for (const known of [...updated, ...added]) device.set(known.id, known);
    for (const id of deleted) device.delete(id);
    expect(isSameTree([...device.values()], after)).toBe(true);
    expect(deleted).toEqual(["b", "a"]);
  });
});
