import { describe, expect, it } from "vitest";
import { folderUpdate } from "../../../src/commands/folder-update.js";
import { emptyElement, FolderHierarchy } from "../../../src/wbxml/index.js";
import { CommandBench, documentOf, plain } from "./command-context.js";
import { createRequest, FolderPhone, pingStatus, updateRequest } from "./folder-requests.js";

const nothing = { status: "1", added: [], updated: [], deleted: [] };
const refused = (status: string): object => ({ status, key: undefined, id: undefined });

/** A device that knows of a folder `old` with `below` in it. */
async function setUp(wishes: ConstructorParameters<typeof CommandBench>[0] = {}) {
  const bench = new CommandBench(wishes);
  bench.mailbox.createFolder(bench.user, { name: "Old", id: "old" });
  bench.mailbox.createFolder(bench.user, { name: "Below", id: "below", parentId: "old" });
  const phone = new FolderPhone(bench);
  await phone.sync();
  const folder = async (id: string) =>
    (await bench.mailbox.folders({ user: bench.user })).find((one) => one.id === id);
  return { bench, phone, folder };
}

describe("FolderUpdate", () => {
  it("renames and moves, and answers a new key alone", async () => {
    const { phone, folder } = await setUp({ version: "12.1" });
    const document = documentOf(await phone.sendRaw(updateRequest(phone.key, "old", "inbox", "New")));
    expect(plain(document)).toEqual([
      "FolderUpdate",
      ["Status", "1"],
      ["SyncKey", expect.stringMatching(/^[1-9][0-9]{18}$/)],
    ]);
    expect(await folder("old")).toMatchObject({ name: "New", parentId: "inbox" });
    expect(await folder("below")).toMatchObject({ parentId: "old" });
  });

  it("gives a new key for a change of nothing as well", async () => {
    const { phone } = await setUp();
    const before = phone.key;
    expect(await phone.update("old", "0", "Old")).toMatchObject({ status: "1" });
    expect(phone.key).not.toBe(before);
  });

  it.each([
    ["without a folder", updateRequest("1", undefined, "0", "New")],
    ["with an empty folder", updateRequest("1", "", "0", "New")],
    ["without a parent", updateRequest("1", "old", undefined, "New")],
    ["without a name", updateRequest("1", "old", "0", undefined)],
    ["with an empty name", updateRequest("1", "old", "0", "")],
    ["with a name of 257 characters", updateRequest("1", "old", "0", "x".repeat(257))],
    ["without a key", updateRequest(undefined, "old", "0", "New")],
    ["of another root", emptyElement(FolderHierarchy.FolderCreate)],
  ])("answers a request %s with 10", async (_, request) => {
    const { bench } = await setUp();
    const sent = await bench.send(folderUpdate, request);
    expect(plain(documentOf(sent))).toEqual(["FolderUpdate", ["Status", "10"]]);
  });

  it.each(["0", "", "4711"])("answers the key %o with 9 and changes nothing", async (key) => {
    const { phone, folder } = await setUp();
    expect(await phone.send(updateRequest(key, "old", "0", "New"))).toEqual(refused("9"));
    expect((await folder("old"))?.name).toBe("Old");
  });

  it("answers 2 for a name that is taken, and for a folder that must stay as it is", async () => {
    const { phone, folder } = await setUp();
    expect(await phone.update("old", "0", "Inbox")).toEqual(refused("2"));
    expect(await phone.update("calendar", "0", "Mine")).toEqual(refused("2"));
    expect((await folder("calendar"))?.name).not.toBe("Mine");
  });

  it("answers 3 for the recipient cache, and below it", async () => {
    const { phone } = await setUp();
    expect(await phone.update("RI", "0", "Mine")).toEqual(refused("3"));
    expect(await phone.update("old", "RI", "Old")).toEqual(refused("3"));
  });

  it("answers 4 for a folder that is not there", async () => {
    const { phone } = await setUp();
    expect(await phone.update("nowhere", "0", "New")).toEqual(refused("4"));
  });

  it("answers 5 for a parent that is not there, or is the folder itself or below it", async () => {
    const { phone } = await setUp();
    for (const parent of ["nowhere", "old", "below"]) {
      expect(await phone.update("old", parent, "Old")).toEqual(refused("5"));
    }
  });

  it.each([
    ["not-found", "4"],
    ["parent-not-found", "5"],
    ["name-taken", "2"],
    ["forbidden", "2"],
    ["invalid", "10"],
  ] as const)("answers the mailbox's %s with %s", async (kind, status) => {
    const { bench, phone } = await setUp();
    bench.mailbox.updateFolder = async () => ({ kind, reason: "no" });
    expect(await phone.update("old", "0", "New")).toEqual(refused(status));
  });

  it("is told to others, and not to the device that did it", async () => {
    const { bench, phone } = await setUp();
    const other = new FolderPhone(bench, { deviceId: "device2" });
    await other.sync();
    const held = [await phone.holdPing(), await other.holdPing()];
    await phone.update("old", "inbox", "New");
    await bench.clock.advance(1_000);
    expect(held.map(pingStatus)).toEqual(["held", "7"]);
    expect(await phone.sync()).toMatchObject(nothing);
    expect(await other.sync()).toMatchObject({ ...nothing, updated: ["old"] });
    expect([await phone.ping(), await other.ping()]).toEqual(["held", "held"]);
  });

  it("tells of a removed folder that was moved before: what is below comes first", async () => {
    const { bench, phone } = await setUp();
    const { id } = await phone.create("0", "Late");
    await phone.update("old", id, "Old");
    bench.mailbox.deleteFolder(bench.user, id ?? "");
    expect(await phone.sync()).toMatchObject({ ...nothing, deleted: ["below", "old", id] });
  });

  it("answers a repeat with the same key, and leaves what others did since", async () => {
    const { bench, phone, folder } = await setUp();
    const request = updateRequest(phone.key, "old", "0", "New");
    const lost = await phone.lose(request);
    bench.mailbox.changeFolder(bench.user, "old", { name: "Theirs" });
    expect(await phone.send(request)).toEqual(lost);
    expect((await folder("old"))?.name).toBe("Theirs");
    expect(await phone.sync()).toMatchObject({ ...nothing, updated: ["old"] });
  });

  it("knows a repeat among other lost answers", async () => {
    const { phone } = await setUp();
    const request = updateRequest(phone.key, "old", "0", "New");
    const lost = await phone.lose(request);
    await phone.lose(createRequest(phone.key, "0", "Other", 12));
    expect(await phone.send(request)).toEqual(lost);
  });

  it("takes for no repeat what undoes a later change whose answer was lost as well", async () => {
    const { phone, folder } = await setUp();
    const first = updateRequest(phone.key, "old", "0", "First");
    await phone.lose(first);
    await phone.lose(updateRequest(phone.key, "old", "0", "Second"));
    expect(await phone.send(first)).toMatchObject({ status: "1" });
    expect((await folder("old"))?.name).toBe("First");
    expect(await phone.sync()).toMatchObject(nothing);
  });
});
