import { describe, expect, it } from "vitest";
import { folderSync } from "../../../src/commands/folder-sync.js";
import { DirectPushError } from "../../../src/errors.js";
import { readHierarchy } from "../../../src/state/hierarchy-record.js";
import { stateKey } from "../../../src/state/state-key.js";
import {
  child,
  children,
  childText,
  element,
  emptyElement,
  FolderHierarchy,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { type BenchWishes, CommandBench, documentOf, plain } from "./command-context.js";

const request = (key: string): WbxmlElement =>
  element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, key)]);

interface Told {
  readonly status: string | undefined;
  readonly key: string;
  readonly count: number;
  readonly added: readonly string[];
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
}

async function sync(bench: CommandBench, key: string, wishes: BenchWishes = {}): Promise<Told> {
  const document = documentOf(await bench.send(folderSync, request(key), wishes));
  const changes = child(document, FolderHierarchy.Changes);
  const ids = (tag: number): string[] =>
    children(changes, tag).map((folder) => childText(folder, FolderHierarchy.ServerId) ?? "");
  return {
    status: childText(document, FolderHierarchy.Status),
    key: childText(document, FolderHierarchy.SyncKey) ?? "",
    count: Number(childText(changes, FolderHierarchy.Count)),
    added: ids(FolderHierarchy.Add),
    updated: ids(FolderHierarchy.Update),
    deleted: ids(FolderHierarchy.Delete),
  };
}

const nothing = { added: [], updated: [], deleted: [], count: 0, status: "1" };

describe("FolderSync", () => {
  it("tells every folder at key 0, with all four properties and the number of them", async () => {
    const bench = new CommandBench();
    const document = documentOf(await bench.send(folderSync, request("0")));
    expect(plain(document)).toEqual([
      "FolderSync",
      ["Status", "1"],
      ["SyncKey", expect.stringMatching(/^[1-9][0-9]{18}$/)],
      expect.arrayContaining(["Changes", ["Count", "10"]]),
    ]);
    const [first] = children(child(document, FolderHierarchy.Changes), FolderHierarchy.Add);
    expect(first && plain(first)).toEqual([
      "Add",
      ["ServerId", "inbox"],
      ["ParentId", "0"],
      ["DisplayName", "Inbox"],
      ["Type", "2"],
    ]);
  });

  it.each([
    ["12.1", 8],
    ["14.0", 10],
    ["16.1", 10],
  ] as const)(
    "shows %s %i folders: notes and the recipient cache are known from 14.0 on",
    async (version, count) => {
      const told = await sync(new CommandBench({ version }), "0");
      expect(told.count).toBe(count);
      expect(told.added.includes("RI")).toBe(version !== "12.1");
      expect(told.added.includes("notes")).toBe(version !== "12.1");
    },
  );

  it("gives the same key and Count 0 when nothing changed", async () => {
    const bench = new CommandBench();
    const first = await sync(bench, "0");
    expect(await sync(bench, first.key)).toEqual({ ...nothing, key: first.key });
  });

  it("tells what was added, renamed, moved and deleted since the key, whole subtrees and parents first", async () => {
    const bench = new CommandBench();
    const top = bench.mailbox.createFolder(bench.user, { name: "Old", id: "old" });
    bench.mailbox.createFolder(bench.user, { name: "Below", id: "below", parentId: top.id });
    const { key } = await sync(bench, "0");
    bench.mailbox.deleteFolder(bench.user, "old");
    bench.mailbox.createFolder(bench.user, { name: "New", id: "new" });
    bench.mailbox.createFolder(bench.user, { name: "Newer", id: "newer", parentId: "new" });
    bench.mailbox.changeFolder(bench.user, "sent", { name: "Gesendet" });
    const told = await sync(bench, key);
    expect(told).toMatchObject({
      count: 5,
      added: ["new", "newer"],
      updated: ["sent"],
      deleted: ["below", "old"],
    });
    expect(told.key).not.toBe(key);
  });

  it("repeats a lost answer: the key before stays good until the new one is presented", async () => {
    const bench = new CommandBench();
    const { key } = await sync(bench, "0");
    bench.mailbox.createFolder(bench.user, { name: "New", id: "new" });
    const lost = await sync(bench, key);
    expect(await sync(bench, key)).toEqual(lost);
    expect(await sync(bench, lost.key)).toEqual({ ...nothing, key: lost.key });
    expect(await sync(bench, key)).toMatchObject({ status: "9", key: "" });
  });

  it("accepts any answer of a row of which all but one were lost", async () => {
    const bench = new CommandBench();
    const { key } = await sync(bench, "0");
    bench.mailbox.createFolder(bench.user, { name: "One", id: "one" });
    const first = await sync(bench, key);
    bench.mailbox.createFolder(bench.user, { name: "Two", id: "two" });
    const second = await sync(bench, key);
    expect(second.added).toEqual(["one", "two"]);
    expect((await sync(bench, first.key)).added).toEqual(["two"]);
    expect(await sync(bench, second.key)).toMatchObject({ ...nothing });
  });

  it("keeps a bounded number of trees however often a key is replayed", async () => {
    const bench = new CommandBench();
    const { key } = await sync(bench, "0");
    for (let round = 0; round < 12; round += 1) {
      bench.mailbox.createFolder(bench.user, { name: `Folder ${round}` });
      expect(await sync(bench, key)).toMatchObject({ status: "1", count: round + 1 });
    }
    const record = await readHierarchy(bench.state, bench.user, bench.deviceId);
    expect(new Set(record?.generations.map((generation) => generation.key)).size).toBe(4);
    expect(record?.generations.length).toBe(4);
    expect(record?.generations[0]?.key).toBe(key);
  });

  it("lets a device try its password with key 0 without losing its place", async () => {
    const bench = new CommandBench();
    const { key } = await sync(bench, "0");
    const writes = bench.state.writes;
    expect((await sync(bench, "0")).key).toBe(key);
    expect(bench.state.writes).toBe(writes);
    bench.mailbox.createFolder(bench.user, { name: "New", id: "new" });
    await sync(bench, "0");
    expect((await sync(bench, key)).added).toEqual(["new"]);
  });

  it.each([
    ["unknown", "4711"],
    ["empty", ""],
    ["garbled", "{x}1"],
  ])("answers an %s key with Status 9 and no key", async (_, key) => {
    const bench = new CommandBench();
    await sync(bench, "0");
    const document = documentOf(await bench.send(folderSync, request(key)));
    expect(plain(document)).toEqual(["FolderSync", ["Status", "9"]]);
  });

  it.each([
    ["without SyncKey", emptyElement(FolderHierarchy.FolderSync)],
    [
      "with elements in its SyncKey",
      element(FolderHierarchy.FolderSync, [
        element(FolderHierarchy.SyncKey, [emptyElement(FolderHierarchy.Type)]),
      ]),
    ],
    ["of another root", element(FolderHierarchy.FolderCreate, [textElement(FolderHierarchy.SyncKey, "0")])],
    ["without a body", undefined],
  ])("answers a request %s with Status 10", async (_, document) => {
    const sent = await new CommandBench().send(folderSync, document);
    expect(plain(documentOf(sent))).toEqual(["FolderSync", ["Status", "10"]]);
  });

  it("stores nothing of the device that only tries a password", async () => {
    const bench = new CommandBench({ deviceId: "validate" });
    expect(await sync(bench, "0")).toMatchObject({ status: "1", count: 10 });
    expect(bench.state.size).toBe(0);
  });

  it("keeps each device's keys to itself", async () => {
    const bench = new CommandBench();
    const { key } = await sync(bench, "0");
    expect(await sync(bench, key, { deviceId: "device2" })).toMatchObject({ status: "9" });
    expect(await sync(bench, key, { user: "bob@example.com" })).toMatchObject({ status: "9" });
  });

  it("starts over when what is stored cannot be read", async () => {
    const bench = new CommandBench();
    const { key } = await sync(bench, "0");
    const storeKey = stateKey("hierarchy", bench.user, bench.deviceId);
    const stored = await bench.state.read(storeKey);
    await bench.state.write(storeKey, '{"generations":[{"key":1}]}', stored?.version);
    expect(await sync(bench, key)).toMatchObject({ status: "9" });
    expect(await sync(bench, "0")).toMatchObject({ status: "1", count: 10 });
  });

  it("is unavailable while the mailbox is, and goes on afterwards", async () => {
    const bench = new CommandBench();
    const { key } = await sync(bench, "0");
    bench.mailbox.faults.failWith(new DirectPushError("ERR_CALL_FAILED", "down"), ["folders"]);
    expect((await bench.send(folderSync, request(key))).outcome).toMatchObject({ kind: "unavailable" });
    bench.mailbox.faults.recover();
    expect(await sync(bench, key)).toEqual({ ...nothing, key });
  });

  it("does without a marker when the change source has none", async () => {
    const bench = new CommandBench();
    bench.mailbox.faults.failWith(new DirectPushError("ERR_CALL_FAILED", "down"), ["marker"]);
    expect(await sync(bench, "0")).toMatchObject({ status: "1", count: 10 });
  });

  it("answers two requests with the same key at the same time alike", async () => {
    const bench = new CommandBench();
    const { key } = await sync(bench, "0");
    bench.mailbox.createFolder(bench.user, { name: "New", id: "new" });
    const both = [bench.begin(folderSync, request(key)), bench.begin(folderSync, request(key))];
    await bench.clock.advance(100);
    const keys = both.map((sent) => childText(documentOf(sent), FolderHierarchy.SyncKey));
    expect(keys[0]).toBe(keys[1]);
  });
});
