import { describe, expect, it } from "vitest";
import { folderCreate } from "../../../src/commands/folder-create.js";
import { DirectPushError } from "../../../src/errors.js";
import { readHierarchy } from "../../../src/state/hierarchy-record.js";
import { emptyElement, FolderHierarchy } from "../../../src/wbxml/index.js";
import { CommandBench, documentOf, plain } from "./command-context.js";
import { createRequest, FolderPhone, pingStatus } from "./folder-requests.js";

const nothing = { status: "1", added: [], updated: [], deleted: [] };
const refused = (status: string): object => ({ status, key: undefined, id: undefined });

async function setUp(wishes: ConstructorParameters<typeof CommandBench>[0] = {}) {
  const bench = new CommandBench(wishes);
  const phone = new FolderPhone(bench);
  await phone.sync();
  return { bench, phone, folders: async () => bench.mailbox.folders({ user: bench.user }) };
}

describe("FolderCreate", () => {
  it("makes the folder, and answers its id and a new key", async () => {
    const { phone, folders } = await setUp();
    const before = phone.key;
    const document = documentOf(await phone.sendRaw(createRequest(before, "0", "Projects", 12)));
    expect(plain(document)).toEqual([
      "FolderCreate",
      ["Status", "1"],
      ["SyncKey", expect.stringMatching(/^[1-9][0-9]{18}$/)],
      ["ServerId", expect.any(String)],
    ]);
    expect(JSON.stringify(plain(document))).not.toContain(before);
    expect((await folders()).at(-1)).toMatchObject({ name: "Projects", parentId: null, kind: "user-mail" });
  });

  it.each([
    ["12.1", 1, "user-mail"],
    ["16.1", 12, "user-mail"],
    ["12.1", 13, "user-calendar"],
    ["16.1", 14, "user-contacts"],
    ["14.1", 15, "user-tasks"],
    ["14.0", 17, "user-notes"],
  ] as const)("in version %s makes of Type %i a folder of kind %s", async (version, type, kind) => {
    const { phone, folders } = await setUp({ version });
    const { id } = await phone.create("inbox", "New", type);
    expect((await folders()).find((folder) => folder.id === id)).toMatchObject({ kind, parentId: "inbox" });
    expect(await phone.sync()).toMatchObject(nothing);
  });

  it.each([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 18, 20, 0, -1, "mail", "", undefined])(
    "refuses Type %s with 10",
    async (type) => {
      const { phone, folders } = await setUp();
      expect(await phone.send(createRequest(phone.key, "0", "New", type))).toEqual(refused("10"));
      expect(await folders()).toHaveLength(10);
    },
  );

  it("refuses with 10 a folder of notes in 12.1, which knows none", async () => {
    const { phone } = await setUp({ version: "12.1" });
    expect(await phone.create("0", "New", 17)).toEqual(refused("10"));
  });

  it.each([
    ["without a parent", createRequest("1", undefined, "New", 12)],
    ["with an empty parent", createRequest("1", "", "New", 12)],
    ["without a name", createRequest("1", "0", undefined, 12)],
    ["with an empty name", createRequest("1", "0", " ", 12)],
    ["with a name of 257 characters", createRequest("1", "0", "x".repeat(257), 12)],
    ["without a key", createRequest(undefined, "0", "New", 12)],
    ["of another root", emptyElement(FolderHierarchy.FolderSync)],
    ["without anything", emptyElement(FolderHierarchy.FolderCreate)],
  ])("answers a request %s with 10", async (_, request) => {
    const { bench } = await setUp();
    const sent = await bench.send(folderCreate, request);
    expect(plain(documentOf(sent))).toEqual(["FolderCreate", ["Status", "10"]]);
  });

  it.each(["0", "", "4711", "{x}1"])("answers the key %o with 9 and makes nothing", async (key) => {
    const { phone, folders } = await setUp();
    expect(await phone.send(createRequest(key, "0", "New", 12))).toEqual(refused("9"));
    expect(await folders()).toHaveLength(10);
  });

  it("knows no key of a device that only tries a password", async () => {
    const { bench, phone } = await setUp({ deviceId: "validate" });
    expect(await phone.create("0", "New")).toEqual(refused("9"));
    expect(bench.state.size).toBe(0);
  });

  it("takes a name of 256 characters, and the same name in another folder", async () => {
    const { phone } = await setUp();
    const name = "x".repeat(256);
    expect(await phone.create("0", name)).toMatchObject({ status: "1" });
    expect(await phone.create("inbox", name)).toMatchObject({ status: "1" });
  });

  it("answers 2 for a name that the parent has already", async () => {
    const { phone } = await setUp();
    expect(await phone.create("0", "Inbox")).toEqual(refused("2"));
    await phone.create("inbox", "New");
    expect(await phone.create("inbox", "New")).toEqual(refused("2"));
  });

  it("answers 3 below the recipient cache, and for another one", async () => {
    const { phone } = await setUp();
    expect(await phone.create("RI", "New")).toEqual(refused("3"));
    expect(await phone.create("0", "New", 19)).toEqual(refused("3"));
  });

  it("answers 5 for a parent that is not there", async () => {
    const { phone } = await setUp();
    expect(await phone.create("nowhere", "New")).toEqual(refused("5"));
  });

  it("answers 6 when no device can use the id of what was made", async () => {
    const { bench, phone } = await setUp();
    bench.mailbox.addFolder = async () => ({ kind: "created", id: "x".repeat(65) });
    expect(await phone.create("0", "New")).toEqual(refused("6"));
  });

  it.each([
    ["parent-not-found", "5"],
    ["name-taken", "2"],
    ["forbidden", "3"],
    ["invalid", "10"],
  ] as const)("answers the mailbox's %s with %s", async (kind, status) => {
    const { bench, phone } = await setUp();
    bench.mailbox.addFolder = async () => ({ kind, reason: "no" });
    expect(await phone.create("0", "New")).toEqual(refused(status));
  });

  it.each([
    ["quota-exceeded", 113],
    ["too-many-folders", 151],
  ] as const)("answers the mailbox's %s with the common Status %i", async (kind, status) => {
    const { bench, phone } = await setUp();
    bench.mailbox.addFolder = async () => ({ kind });
    const sent = await phone.sendRaw(createRequest(phone.key, "0", "New", 12));
    expect(sent.outcome).toEqual({ kind: "common-status", status });
  });

  it("does not tell the device of its own folder, and tells it of those of others", async () => {
    const { bench, phone } = await setUp();
    bench.mailbox.createFolder(bench.user, { name: "Theirs", id: "theirs" });
    expect(await phone.create("0", "Mine")).toMatchObject({ status: "1" });
    expect(await phone.sync()).toMatchObject({ ...nothing, added: ["theirs"] });
    expect(await phone.sync()).toMatchObject(nothing);
  });

  it("tells the name that the mailbox made of the wished one", async () => {
    const { bench, phone } = await setUp();
    const make = bench.mailbox.addFolder.bind(bench.mailbox);
    bench.mailbox.addFolder = (ref, folder, token) => make(ref, { ...folder, name: "New_" }, token);
    const { id } = await phone.create("0", "New/");
    expect(await phone.ping()).toBe("7");
    expect(await phone.sync()).toMatchObject({ ...nothing, updated: [id] });
  });

  it("does not wake the device that made the folder, and wakes the others with 7", async () => {
    const { bench, phone } = await setUp();
    const other = new FolderPhone(bench, { deviceId: "device2" });
    await other.sync();
    const held = [await phone.holdPing(), await other.holdPing()];
    const { id } = await phone.create("0", "New");
    await bench.clock.advance(1_000);
    expect(held.map(pingStatus)).toEqual(["held", "7"]);
    expect(await other.sync()).toMatchObject({ ...nothing, added: [id] });
    expect([await phone.ping(), await other.ping()]).toEqual(["held", "held"]);
  });

  it("does not wake the device even if the store is slow to take note of its change", async () => {
    const { bench, phone } = await setUp();
    const held = await phone.holdPing();
    const { write } = bench.state;
    bench.state.write = async (...args) => {
      await new Promise<void>((resolve) => bench.clock.setTimer(resolve, 2_000));
      return write.apply(bench.state, args);
    };
    const sent = bench.begin(folderCreate, createRequest(phone.key, "0", "New", 12));
    await bench.clock.advance(20_000);
    expect(plain(documentOf(sent))).toEqual(expect.arrayContaining([["Status", "1"]]));
    expect(pingStatus(held)).toBe("held");
  });

  it("wakes the device for what others do after its own change", async () => {
    const { bench, phone } = await setUp();
    await phone.create("0", "New");
    const held = await phone.holdPing();
    bench.mailbox.createFolder(bench.user, { name: "Theirs" });
    await bench.clock.advance(1_000);
    expect(pingStatus(held)).toBe("7");
  });

  it("answers a repeat with the same folder and key", async () => {
    const { phone, folders } = await setUp();
    const request = createRequest(phone.key, "0", "New", 12);
    const lost = await phone.lose(request);
    expect(lost.status).toBe("1");
    expect(await phone.send(request)).toEqual(lost);
    expect(await folders()).toHaveLength(11);
    expect(await phone.sync()).toMatchObject(nothing);
  });

  it("compares a Ping with the tree of a repeated answer, though another answer was lost since", async () => {
    const { bench, phone } = await setUp();
    const request = createRequest(phone.key, "0", "First", 12);
    const { id } = await phone.lose(request);
    bench.mailbox.deleteFolder(bench.user, id ?? "");
    await phone.lose(createRequest(phone.key, "0", "Second", 12));
    expect(await phone.send(request)).toMatchObject({ status: "1", id });
    expect(await phone.ping()).toBe("7");
    expect(await phone.sync()).toMatchObject({ added: [expect.any(String)], deleted: [id] });
    expect(await phone.ping()).toBe("held");
  });

  it("answers two of the same request at once alike", async () => {
    const { bench, phone, folders } = await setUp();
    const request = createRequest(phone.key, "0", "New", 12);
    const both = [bench.begin(folderCreate, request), bench.begin(folderCreate, request)];
    await bench.clock.advance(100);
    const [first, second] = both.map((sent) => plain(documentOf(sent)));
    expect(first).toEqual(second);
    expect(await folders()).toHaveLength(11);
  });

  it("tells by FolderSync what a lost answer did not", async () => {
    const { phone } = await setUp();
    const { id } = await phone.lose(createRequest(phone.key, "0", "New", 12));
    expect(await phone.sync()).toMatchObject({ ...nothing, added: [id] });
  });

  it("makes no second folder when the process died before it took note of the first", async () => {
    const { bench, phone, folders } = await setUp();
    const request = createRequest(phone.key, "0", "New", 12);
    const { write } = bench.state;
    bench.state.write = async () => {
      throw new Error("down");
    };
    expect((await phone.sendRaw(request)).outcome).toMatchObject({ kind: "unavailable" });
    bench.state.write = write;
    expect(await phone.send(request)).toMatchObject({ status: "1", id: (await folders()).at(-1)?.id });
    expect(await folders()).toHaveLength(11);
    expect(await phone.sync()).toMatchObject(nothing);
  });

  it("makes the folder again after a row of others that went well", async () => {
    const { phone } = await setUp();
    const first = await phone.create("0", "New");
    expect(await phone.delete(first.id)).toMatchObject({ status: "1" });
    const second = await phone.create("0", "New");
    expect(second.status).toBe("1");
    expect(second.id).not.toBe(first.id);
  });

  it("keeps a bounded number of trees however many answers are lost", async () => {
    const { bench, phone } = await setUp();
    for (let round = 0; round < 12; round += 1) {
      await phone.lose(createRequest(phone.key, "0", `Folder ${round}`, 12));
    }
    const record = await readHierarchy(bench.state, bench.user, bench.deviceId);
    expect(record?.generations).toHaveLength(4);
    expect(record?.generations[0]?.key).toBe(phone.key);
    expect((await phone.sync()).added).toHaveLength(12);
  });

  it("is unavailable while the mailbox is, and stands when the mailbox fails right after it", async () => {
    const { bench, phone, folders } = await setUp();
    const down = new DirectPushError("ERR_CALL_FAILED", "down");
    bench.mailbox.faults.failWith(down, ["addFolder"]);
    const sent = await phone.sendRaw(createRequest(phone.key, "0", "New", 12));
    expect(sent.outcome).toMatchObject({ kind: "unavailable" });
    bench.mailbox.faults.recover();
    const make = bench.mailbox.addFolder.bind(bench.mailbox);
    bench.mailbox.addFolder = async (...args) => {
      bench.mailbox.faults.failWith(down, ["folders"]);
      return make(...args);
    };
    expect(await phone.create("0", "New")).toMatchObject({ status: "1" });
    bench.mailbox.faults.recover();
    expect(await folders()).toHaveLength(11);
    expect([await phone.ping(), (await phone.sync()).added]).toEqual(["held", []]);
  });
});
