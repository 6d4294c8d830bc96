import { beforeEach, describe, expect, it } from "vitest";
import { createDirectPush, type DirectPush, type DirectPushOptions } from "../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../src/testing/index.js";
import {
  AirSync,
  child,
  children,
  childText,
  element,
  FolderHierarchy,
  Ping,
  text,
  textElement,
} from "../../src/wbxml/index.js";

const user = "alice@example.com";
const mail = (subject: string): string => `From: bob@example.com\r\nSubject: ${subject}\r\n\r\nHello`;

let clock: FakeClock;
let mailbox: MemoryMailbox;

beforeEach(() => {
  clock = new FakeClock();
  mailbox = new MemoryMailbox({ clock });
});

function start(options: Partial<DirectPushOptions> = {}): DirectPush {
  return createDirectPush({
    mailbox,
    source: mailbox,
    clock,
    authenticate: async () => ({ kind: "user", user }),
    ...options,
  });
}

async function phone(options: Partial<DirectPushOptions> = {}): Promise<InProcessDevice> {
  const device = new InProcessDevice(start(options));
  await device.folderSync();
  mailbox.deliver(user, mail("First"));
  await device.syncAll("inbox");
  return device;
}

const pingInbox = { heartbeatSeconds: 600, folders: ["inbox"] };

describe("MS-ASCMD S04 FolderSync", () => {
  it("TC01: key 0 gives every folder, a key, and the number of them", async () => {
    const { document } = await new InProcessDevice(start()).folderSync();
    const changes = child(document, FolderHierarchy.Changes);
    expect(childText(document, FolderHierarchy.Status)).toBe("1");
    expect(childText(document, FolderHierarchy.SyncKey)).toMatch(/^[0-9]+$/);
    const added = children(changes, FolderHierarchy.Add);
    expect(childText(changes, FolderHierarchy.Count)).toBe(String(added.length));
    expect(added.length).toBe((await mailbox.folders({ user })).length);
  });

  it("TC02: Count 0 and no folder when nothing changed", async () => {
    const device = await phone();
    const { document, body } = await device.folderSync();
    expect(body?.length).toBeGreaterThan(0);
    const changes = child(document, FolderHierarchy.Changes);
    expect(childText(changes, FolderHierarchy.Count)).toBe("0");
    expect(children(changes, FolderHierarchy.Add)).toEqual([]);
  });

  it.each([
    ["TC05, an unknown key", "1234567890", "9"],
    ["TC05, an empty key", "", "9"],
  ])("%s: Status %s alone", async (_, key, status) => {
    const device = await phone();
    const { document } = await device.folderSync(key);
    expect(document).toEqual(
      element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.Status, status)]),
    );
  });

  it("TC06: no key, Status 10", async () => {
    const device = await phone();
    const nothing = element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.Count, 0)]);
    const { document } = await device.command("FolderSync", nothing);
    expect(childText(document, FolderHierarchy.Status)).toBe("10");
    expect(childText(document, FolderHierarchy.SyncKey)).toBeUndefined();
  });
});

describe("FolderSync beside other commands", () => {
  it("leaves the items' keys alone when it starts over (S19 TC38, TC40)", async () => {
    const device = await phone();
    const before = device.syncKeyOf("inbox");
    mailbox.deliver(user, mail("Second"));
    const { document } = await device.folderSync("0");
    expect(childText(document, FolderHierarchy.Status)).toBe("1");
    expect(device.syncKeyOf("inbox")).toBe(before);
    const synced = await device.sync("inbox");
    expect(synced).toMatchObject({ status: "1", deleted: [], changed: [] });
    expect(synced.added).toHaveLength(1);
  });

  it("leaves the Ping's parameters alone when it starts over", async () => {
    const device = await phone();
    device.ping(pingInbox).gone();
    await clock.settle();
    const held = device.ping(pingInbox);
    await clock.advance(200);
    expect(held.isAnswered).toBe(false);
    held.gone();
    await device.folderSync("0");
    const empty = device.ping();
    await clock.advance(200);
    expect(empty.isAnswered).toBe(false);
    mailbox.deliver(user, mail("Second"));
    await clock.advance(1_000);
    const { document } = await empty.answer;
    expect(children(child(document, Ping.Folders), Ping.Folder).map((folder) => text(folder))).toEqual([
      "inbox",
    ]);
  });

  it("gives a folder that was deleted and made again another id, and its items anew", async () => {
    const device = await phone();
    const [first, second] = ["first", "second"].map((id) => ({ id, name: "Projects" }));
    if (first === undefined || second === undefined) throw new Error("unreachable");
    mailbox.createFolder(user, first);
    await device.folderSync();
    await device.syncAll("first");
    mailbox.deleteFolder(user, "first");
    mailbox.createFolder(user, second);
    const changes = child((await device.folderSync()).document, FolderHierarchy.Changes);
    const ids = (tag: number): unknown[] =>
      children(changes, tag).map((folder) => childText(folder, FolderHierarchy.ServerId));
    expect(ids(FolderHierarchy.Add)).toEqual(["second"]);
    expect(ids(FolderHierarchy.Delete)).toEqual(["first"]);
    expect((await device.syncAll("second")).at(-1)).toMatchObject({ status: "1", added: [] });
  });

  it("is what a Sync without it is told to do first: 12", async () => {
    const stranger = new InProcessDevice(start(), { deviceId: "FRESH" });
    const { answer } = await stranger.sync("inbox");
    expect(childText(answer.document, AirSync.Status)).toBe("12");
  });
});

describe("the wake policy", () => {
  it.each([
    ["any-change", true],
    ["additions", false],
  ] as const)("%s: a Ping is woken by what changed: %s", async (wakePolicy, isWoken) => {
    const device = await phone({ wakePolicy });
    const ping = device.ping(pingInbox);
    await clock.advance(1_000);
    const [id = ""] = mailbox.snapshot(user, "inbox").keys();
    mailbox.setRead(user, "inbox", id);
    await clock.advance(1_000);
    expect(ping.isAnswered).toBe(isWoken);
    if (isWoken) return;
    mailbox.deliver(user, mail("Second"));
    await clock.advance(1_000);
    expect(childText((await ping.answer).document, Ping.Status)).toBe("2");
    const synced = await device.sync("inbox");
    expect(synced.added).toHaveLength(1);
    expect(synced.changed).toHaveLength(1);
  });
});
