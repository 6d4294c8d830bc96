import { describe, expect, it } from "vitest";
import { folderDelete } from "../../../src/commands/folder-delete.js";
import { stateKey } from "../../../src/state/state-key.js";
import { emptyElement, FolderHierarchy } from "../../../src/wbxml/index.js";
import { CommandBench, documentOf, plain } from "./command-context.js";
import { createRequest, deleteRequest, FolderPhone, pingStatus } from "./folder-requests.js";

const nothing = { status: "1", added: [], updated: [], deleted: [] };
const refused = (status: string): object => ({ status, key: undefined, id: undefined });

/** A device that knows of a folder `old` with `below` in it. */
async function setUp(wishes: ConstructorParameters<typeof CommandBench>[0] = {}) {
  const bench = new CommandBench(wishes);
  bench.mailbox.createFolder(bench.user, { name: "Old", id: "old" });
  bench.mailbox.createFolder(bench.user, { name: "Below", id: "below", parentId: "old" });
  const phone = new FolderPhone(bench);
  await phone.sync();
  const ids = async () => (await bench.mailbox.folders({ user: bench.user })).map(({ id }) => id);
  return { bench, phone, ids };
}

describe("FolderDelete", () => {
  it("removes the folder with all below it, and answers a new key alone", async () => {
    const { phone, ids } = await setUp({ version: "12.1" });
    const document = documentOf(await phone.sendRaw(deleteRequest(phone.key, "old")));
    expect(plain(document)).toEqual([
      "FolderDelete",
      ["Status", "1"],
      ["SyncKey", expect.stringMatching(/^[1-9][0-9]{18}$/)],
    ]);
    expect(await ids()).toHaveLength(10);
  });

  it.each([
    ["without a folder", deleteRequest("1", undefined)],
    ["with an empty folder", deleteRequest("1", "")],
    ["without a key", deleteRequest(undefined, "old")],
    ["of another root", emptyElement(FolderHierarchy.FolderUpdate)],
  ])("answers a request %s with 10", async (_, request) => {
    const { bench } = await setUp();
    const sent = await bench.send(folderDelete, request);
    expect(plain(documentOf(sent))).toEqual(["FolderDelete", ["Status", "10"]]);
  });

  it.each(["0", "", "4711"])("answers the key %o with 9 and removes nothing", async (key) => {
    const { phone, ids } = await setUp();
    expect(await phone.send(deleteRequest(key, "old"))).toEqual(refused("9"));
    expect(await ids()).toContain("old");
  });

  it.each(["inbox", "drafts", "deleted", "sent", "outbox", "calendar", "contacts", "tasks", "notes", "RI"])(
    "answers 3 for %s",
    async (id) => {
      const { phone, ids } = await setUp();
      expect(await phone.delete(id)).toEqual(refused("3"));
      expect(await ids()).toContain(id);
    },
  );

  it("answers 4 for a folder that is not there, and for one that another device removed", async () => {
    const { bench, phone } = await setUp();
    expect(await phone.delete("nowhere")).toEqual(refused("4"));
    bench.mailbox.deleteFolder(bench.user, "old");
    expect(await phone.delete("old")).toEqual(refused("4"));
    expect(await phone.sync()).toMatchObject({ ...nothing, deleted: ["below", "old"] });
  });

  it.each([
    ["not-found", "4"],
    ["forbidden", "3"],
  ] as const)("answers the mailbox's %s with %s", async (kind, status) => {
    const { bench, phone } = await setUp();
    bench.mailbox.removeFolder = async () => ({ kind });
    expect(await phone.delete("old")).toEqual(refused(status));
  });

  it("is told to others, and not to the device that did it", async () => {
    const { bench, phone } = await setUp();
    const other = new FolderPhone(bench, { deviceId: "device2" });
    await other.sync();
    const held = [await phone.holdPing(), await other.holdPing()];
    await phone.delete("old");
    await bench.clock.advance(1_000);
    expect(held.map(pingStatus)).toEqual(["held", "7"]);
    expect(await phone.sync()).toMatchObject(nothing);
    expect(await other.sync()).toMatchObject({ ...nothing, deleted: ["below", "old"] });
    expect([await phone.ping(), await other.ping()]).toEqual(["held", "held"]);
  });

  it("answers a repeat with the same key, not with 4", async () => {
    const { phone } = await setUp();
    const request = deleteRequest(phone.key, "old");
    const lost = await phone.lose(request);
    await phone.lose(createRequest(phone.key, "0", "Other", 12));
    expect(await phone.send(request)).toEqual(lost);
    expect(await phone.delete("old")).toEqual(refused("4"));
  });

  it("does without the note of its last change where that cannot be read", async () => {
    const { bench, phone } = await setUp();
    await phone.delete("below");
    const entry = stateKey("hierarchy", bench.user, bench.deviceId);
    const stored = await bench.state.read(entry);
    const damaged = stored?.value.replace(/"change":\{[^}]*\}/, '"change":{"request":1}') ?? "";
    expect(damaged).not.toBe(stored?.value);
    await bench.state.write(entry, damaged, stored?.version);
    expect(await phone.delete("old")).toMatchObject({ status: "1" });
  });
});
