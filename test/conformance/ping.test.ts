import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDirectPush, type DirectPush } from "../../src/direct-push.js";
import { MemoryStateStore } from "../../src/state/memory-state-store.js";
import { FakeClock } from "../../src/testing/fake-clock.js";
import { InProcessDevice, type InProcessDeviceOptions } from "../../src/testing/in-process-device.js";
import type { DeviceExchange } from "../../src/testing/in-process-exchange.js";
import { MemoryMailbox } from "../../src/testing/memory-mailbox.js";
import {
  AirSync,
  child,
  childElements,
  children,
  childText,
  emptyElement,
  Ping,
  text,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";

const user = "alice@example.com";
const mail = (subject: string): string => `From: bob@example.com\r\nSubject: ${subject}\r\n\r\nHello`;

let clock: FakeClock;
let mailbox: MemoryMailbox;
let state: MemoryStateStore;
let server: DirectPush;

beforeEach(() => {
  clock = new FakeClock();
  mailbox = new MemoryMailbox({ clock });
  state = new MemoryStateStore();
  server = start();
});

afterEach(async () => {
  const closed = server.close();
  await clock.advance(2_000);
  await closed;
  expect(server.heldCount).toBe(0);
  expect(mailbox.openWatches).toBe(0);
});

function start(): DirectPush {
  return createDirectPush({
    mailbox,
    source: mailbox,
    state,
    clock,
    authenticate: async () => ({ kind: "user", user }),
  });
}

/** Lets an answer that needs no waiting come. */
async function answered(exchange: DeviceExchange): Promise<WbxmlElement> {
  await clock.advance(200);
  if (!exchange.isAnswered) throw new Error("The Ping is held");
  const { status, document } = await exchange.answer;
  expect(status).toBe(200);
  if (document === undefined) throw new Error("The answer has no body");
  return document;
}

const statusOf = (document: WbxmlElement): string | undefined => childText(document, Ping.Status);
const foldersOf = (document: WbxmlElement): readonly (string | undefined)[] =>
  children(child(document, Ping.Folders), Ping.Folder).map((folder) => text(folder));

async function isHeld(exchange: DeviceExchange): Promise<boolean> {
  await clock.advance(200);
  return !exchange.isAnswered;
}

/** A device that has synced its folder tree and some folders. */
async function phone(
  folders: readonly string[],
  options: InProcessDeviceOptions = {},
): Promise<InProcessDevice> {
  const device = new InProcessDevice(server, options);
  await device.folderSync();
  for (const folder of folders) await device.syncAll(folder);
  return device;
}

describe("MS-ASCMD S11 Ping", () => {
  it("TC01: Status 3 without parameters, none of them missing after a full Ping", async () => {
    const device = await phone(["inbox"]);
    expect(statusOf(await answered(device.ping()))).toBe("3");
    expect(statusOf(await answered(device.ping({ folders: ["notes"] })))).toBe("3");
    expect(statusOf(await answered(device.ping({ heartbeatSeconds: 60 })))).toBe("3");
    const full = device.ping({ heartbeatSeconds: 60, folders: ["notes"] });
    expect(await isHeld(full)).toBe(true);
    full.gone();
    expect(await isHeld(device.ping({ folders: ["notes"] }))).toBe(true);
  });

  it("TC02: Status 4 for a Ping without children", async () => {
    const device = await phone([]);
    expect(statusOf(await answered(device.send("Ping", emptyElement(Ping.Ping))))).toBe("4");
  });

  it.each([
    ["TC03", -100, "60"],
    ["TC03", 0, "60"],
    ["TC07", 6_000_000, "3540"],
  ])(
    "%s: Status 5 for %i seconds, with the nearest that is allowed",
    async (_, heartbeatSeconds, nearest) => {
      const device = await phone(["inbox"]);
      const document = await answered(device.ping({ heartbeatSeconds, folders: ["inbox"] }));
      expect(statusOf(document)).toBe("5");
      expect(childText(document, Ping.HeartbeatInterval)).toBe(nearest);
      expect(childElements(document)).toHaveLength(2);
    },
  );

  it("TC04: Status 7 for a device that never did a FolderSync", async () => {
    const device = new InProcessDevice(server, { deviceId: "FRESH" });
    expect(statusOf(await answered(device.ping({ heartbeatSeconds: 60, folders: ["inbox"] })))).toBe("7");
  });

  it("TC05: Status 7 when another client made a folder, until the FolderSync", async () => {
    const device = await phone(["inbox"]);
    mailbox.createFolder(user, { name: "Made elsewhere" });
    expect(statusOf(await answered(device.ping({ heartbeatSeconds: 60, folders: ["inbox"] })))).toBe("7");
    await device.folderSync();
    expect(await isHeld(device.ping({ heartbeatSeconds: 60, folders: ["inbox"] }))).toBe(true);
  });

  it("TC06: Status 2 at once for what was moved in before the Ping, and again until it is synced", async () => {
    const id = mailbox.deliver(user, mail("Moved"));
    const device = await phone(["inbox", "deleted"]);
    mailbox.moveItem(user, "inbox", id, "deleted");
    const first = await answered(device.ping({ heartbeatSeconds: 60, folders: ["deleted"] }));
    expect(statusOf(first)).toBe("2");
    expect(foldersOf(first)).toEqual(["deleted"]);
    expect(foldersOf(await answered(device.ping({ folders: ["deleted", "calendar"] })))).toEqual(["deleted"]);
    await device.syncAll("deleted");
    expect(await isHeld(device.ping({ folders: ["deleted"] }))).toBe(true);
  });

  it("TC08: a Ping without a body is held as long as the one before asked for, then Status 1", async () => {
    const device = await phone(["inbox"]);
    const full = device.ping({ heartbeatSeconds: 90, folders: ["inbox"] });
    await clock.advance(90_000);
    expect(statusOf(await answered(full))).toBe("1");
    const empty = device.ping();
    await clock.advance(89_000);
    expect(empty.isAnswered).toBe(false);
    await clock.advance(1_000);
    const document = await answered(empty);
    expect(statusOf(document)).toBe("1");
    expect(childElements(document)).toHaveLength(1);
  });
});

describe("Ping and Sync together", () => {
  it("wakes at once for a new mail, names its folder, and is quiet after the Sync", async () => {
    const device = await phone(["inbox", "drafts"]);
    const held = device.ping({ heartbeatSeconds: 600, folders: ["drafts", "inbox"] });
    expect(await isHeld(held)).toBe(true);
    mailbox.deliver(user, mail("New"));
    expect(foldersOf(await answered(held))).toEqual(["inbox"]);
    const [synced] = await device.syncAll("inbox");
    expect(synced?.added).toHaveLength(1);
    expect(await isHeld(device.ping())).toBe(true);
  });

  it("is not woken by what the device itself sent up by Sync", async () => {
    mailbox.deliver(user, mail("Read me"));
    const device = await phone([]);
    const [item] = (await device.syncAll("inbox")).flatMap(({ added }) => added);
    await device.sync("inbox", {
      getChanges: false,
      commands: [
        {
          tag: AirSync.Change,
          content: [
            textElement(AirSync.ServerId, item?.serverId ?? ""),
            { tag: AirSync.ApplicationData, content: [textElement(0x0215, "1")] },
          ],
        },
      ],
    });
    expect(await isHeld(device.ping({ heartbeatSeconds: 60, folders: ["inbox"] }))).toBe(true);
  });

  it("is woken by what another device changed", async () => {
    const id = mailbox.deliver(user, mail("Read me"));
    const device = await phone(["inbox"]);
    const held = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    expect(await isHeld(held)).toBe(true);
    mailbox.setRead(user, "inbox", id);
    expect(foldersOf(await answered(held))).toEqual(["inbox"]);
  });

  it("is not woken by a mail outside of the filter's window", async () => {
    const device = await phone([]);
    const options = [textElement(AirSync.FilterType, 1)];
    await device.syncAll("inbox", { options });
    const held = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    expect(await isHeld(held)).toBe(true);
    mailbox.deliver(user, mail("Old"), { receivedMs: clock.now() - 30 * 86_400_000 });
    expect(await isHeld(held)).toBe(true);
    mailbox.deliver(user, mail("New"));
    expect(foldersOf(await answered(held))).toEqual(["inbox"]);
  });

  it("reports at once a folder of which the device has not fetched everything", async () => {
    for (let count = 0; count < 5; count += 1) mailbox.deliver(user, mail(`Mail ${count}`));
    const device = await phone([]);
    await device.sync("inbox");
    expect((await device.sync("inbox", { windowSize: 2 })).moreAvailable).toBe(true);
    expect(foldersOf(await answered(device.ping({ heartbeatSeconds: 60, folders: ["inbox"] })))).toEqual([
      "inbox",
    ]);
  });

  it("misses nothing that happens while the Ping is on its way", async () => {
    const device = await phone(["inbox"]);
    const held = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    mailbox.deliver(user, mail("At the same time"));
    expect(foldersOf(await answered(held))).toEqual(["inbox"]);
  });

  it("goes on after a restart: a Ping without a body, and a mail that came while the server was down", async () => {
    const device = await phone(["inbox"]);
    device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    await clock.advance(100);
    const closed = server.close();
    await clock.advance(2_000);
    await closed;
    mailbox.deliver(user, mail("While it was down"));
    server = start();
    const again = new InProcessDevice(server);
    expect(foldersOf(await answered(again.ping()))).toEqual(["inbox"]);
  });
});

describe("Ping, faults of other servers", () => {
  it("two Pings in the same instant: the older is answered 1, the newer goes on", async () => {
    const device = await phone(["inbox"]);
    const older = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    const newer = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    expect(statusOf(await answered(older))).toBe("1");
    mailbox.deliver(user, mail("New"));
    expect(foldersOf(await answered(newer))).toEqual(["inbox"]);
  });

  it("a folder that is made elsewhere while the Ping is held is not missed", async () => {
    const device = await phone(["inbox"]);
    const held = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    expect(await isHeld(held)).toBe(true);
    mailbox.createFolder(user, { name: "Made elsewhere" });
    expect(statusOf(await answered(held))).toBe("7");
  });

  it("a Ping that is repeated without a Sync is not answered 2 at once for ever", async () => {
    const device = await phone(["inbox"]);
    mailbox.deliver(user, mail("Never fetched"));
    let rounds = 0;
    for (; rounds < 10; rounds += 1) {
      if (await isHeld(device.ping({ heartbeatSeconds: 60, folders: ["inbox"] }))) break;
    }
    expect(rounds).toBeGreaterThanOrEqual(2);
    expect(rounds).toBeLessThan(10);
  });

  it("a heartbeat of 0 and a malformed one are refused, not held and not looped", async () => {
    const device = await phone(["inbox"]);
    const malformed: WbxmlElement = {
      tag: Ping.Ping,
      content: [textElement(Ping.HeartbeatInterval, "soon")],
    };
    expect(statusOf(await answered(device.ping({ heartbeatSeconds: 0, folders: ["inbox"] })))).toBe("5");
    expect(statusOf(await answered(device.send("Ping", malformed)))).toBe("4");
    const garbage = {
      body: new Uint8Array([0xff, 0xfe, 0x00]),
      headers: { "content-type": "application/vnd.ms-sync.wbxml" },
    };
    expect(statusOf(await answered(device.send("Ping", emptyElement(Ping.Ping), garbage)))).toBe("4");
  });

  it("an unknown folder is told once by 7, not held for ever and not told for ever", async () => {
    const device = await phone(["inbox"]);
    const wishes = { heartbeatSeconds: 60, folders: ["never-there", "inbox"] };
    expect(statusOf(await answered(device.ping(wishes)))).toBe("7");
    await device.folderSync();
    expect(await isHeld(device.ping(wishes))).toBe(true);
  });

  it("an empty Ping uses the interval and the list of the last Ping, not of the one before it", async () => {
    const device = await phone(["inbox", "drafts"]);
    device.ping({ heartbeatSeconds: 300, folders: ["inbox"] });
    await clock.advance(100);
    device.ping({ heartbeatSeconds: 120, folders: ["drafts"] });
    await clock.advance(100);
    device.ping();
    await clock.advance(100);
    expect(server.held()).toMatchObject([{ heartbeatSeconds: 120, folders: ["#hierarchy", "drafts"] }]);
  });

  it("the mailbox being down is Status 8 for a held Ping, 503 for a new one, never 401", async () => {
    const device = await phone(["inbox"]);
    const held = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    expect(await isHeld(held)).toBe(true);
    mailbox.faults.failWith(new Error("down"));
    // A mail of today would be reported unseen.
    mailbox.deliver(user, mail("New"), { receivedMs: clock.now() - 86_400_000 });
    expect(statusOf(await answered(held))).toBe("8");
    mailbox.faults.recover();
    const read = state.read.bind(state);
    state.read = () => Promise.reject(new Error("down"));
    const refused = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    await clock.advance(200);
    expect((await refused.answer).status).toBe(503);
    state.read = read;
    expect(foldersOf(await answered(device.ping()))).toEqual(["inbox"]);
  });

  it("a client that goes away leaves nothing behind at once", async () => {
    const device = await phone(["inbox"]);
    const held = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    expect(await isHeld(held)).toBe(true);
    expect(mailbox.openWatches).toBe(1);
    held.gone();
    await clock.settle();
    expect(server.heldCount).toBe(0);
    expect(mailbox.openWatches).toBe(0);
  });

  it("the same phone by a base64 query is the same device: its Ping supersedes", async () => {
    const device = await phone(["inbox"], { version: "14.1" });
    const older = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
    expect(await isHeld(older)).toBe(true);
    const again = new InProcessDevice(server, { version: "14.1", queryForm: "base64" });
    expect(await isHeld(again.ping())).toBe(true);
    expect(statusOf(await answered(older))).toBe("1");
  });
});
