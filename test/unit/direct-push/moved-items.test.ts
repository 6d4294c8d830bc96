/** What devices have after MoveItems: the one that moved, and another of the same user. */
import { describe, expect, it } from "vitest";
import { createDirectPush, MemoryStateStore, type ProtocolVersion } from "../../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../src/testing/index.js";
import {
  AirSync,
  children,
  childText,
  Email,
  element,
  Move,
  Ping,
  textElement,
} from "../../../src/wbxml/index.js";

const user = "alice@example.com";
const folders = ["inbox", "deleted"] as const;

/** A phone that keeps what Sync tells it, as phones do. */
class KeepingPhone extends InProcessDevice {
  readonly items = new Map<string, Set<string>>(folders.map((folder) => [folder, new Set()]));

  async update(): Promise<readonly string[]> {
    const told: string[] = [];
    for (const folder of folders) {
      for (const result of await this.syncAll(folder)) {
        const items = this.items.get(folder);
        for (const { serverId } of result.added) {
          items?.add(serverId);
          told.push(`+${folder}`);
        }
        for (const serverId of result.deleted) {
          items?.delete(serverId);
          told.push(`-${folder}`);
        }
      }
    }
    return told;
  }

  /** Moves an item, and keeps it under the id that the answer tells. */
  async move(id: string, from: string, to: string): Promise<string> {
    const answer = await this.command(
      "MoveItems",
      element(Move.MoveItems, [
        element(Move.Move, [
          textElement(Move.SrcMsgId, id),
          textElement(Move.SrcFldId, from),
          textElement(Move.DstFldId, to),
        ]),
      ]),
    );
    const [response] = children(answer.document, Move.Response);
    expect(childText(response, Move.Status)).toBe("3");
    const newId = childText(response, Move.DstMsgId) ?? "";
    this.items.get(from)?.delete(id);
    this.items.get(to)?.add(newId);
    return newId;
  }
}

async function setUp(version: ProtocolVersion = "16.1", state = new MemoryStateStore()) {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    state,
    clock,
    authenticate: async () => ({ kind: "user", user }),
  });
  const id = mailbox.deliver(user, "Subject: one\r\n\r\nHello");
  mailbox.deliver(user, "Subject: two\r\n\r\nHello");
  const phone = new KeepingPhone(directPush, { version, deviceId: "PHONE" });
  const tablet = new KeepingPhone(directPush, { version, deviceId: "TABLET" });
  for (const device of [phone, tablet]) {
    await device.provision();
    await device.folderSync();
    await device.update();
  }
  const expectSame = (device: KeepingPhone): void => {
    for (const folder of folders) {
      expect([...(device.items.get(folder) ?? [])].sort()).toEqual(
        [...mailbox.snapshot(user, folder).keys()].sort(),
      );
    }
  };
  const pings = async (...devices: readonly KeepingPhone[]): Promise<readonly (string | undefined)[]> => {
    const exchanges = devices.map((device) => device.ping({ heartbeatSeconds: 480, folders: [...folders] }));
    await clock.advance(1_000);
    const told = [];
    for (const exchange of exchanges) {
      const document = exchange.isAnswered ? (await exchange.answer).document : undefined;
      told.push(document === undefined ? "held" : childText(document, Ping.Status));
      exchange.gone();
    }
    return told;
  };
  return { clock, mailbox, phone, tablet, id, expectSame, pings };
}

describe.each(["12.1", "14.1", "16.1"] as const)("an item that a phone of version %s moved", (version) => {
  it("is told by the next Syncs of both folders, to the phone and to others, once", async () => {
    const { phone, tablet, id, expectSame, pings } = await setUp(version);
    const newId = await phone.move(id, "inbox", "deleted");
    expect(newId).not.toBe(id);
    expectSame(phone);
    for (const device of [phone, tablet]) {
      expect(await device.update()).toEqual(["-inbox", "+deleted"]);
      expectSame(device);
      expect(await device.update()).toEqual([]);
    }
    expect(await pings(phone, tablet)).toEqual(["held", "held"]);
  });

  it("can be changed, removed and moved on at once under its new id", async () => {
    const { mailbox, phone, id, expectSame } = await setUp(version);
    const moved = await phone.move(id, "inbox", "deleted");
    const change = element(AirSync.Change, [
      textElement(AirSync.ServerId, moved),
      element(AirSync.ApplicationData, [textElement(Email.Read, 1)]),
    ]);
    expect(await phone.sync("deleted", { commands: [change], getChanges: false })).toMatchObject({
      status: "1",
    });
    expect(mailbox.snapshot(user, "deleted").get(moved)?.flags?.read).toBe(true);
    const back = await phone.move(moved, "deleted", "inbox");
    await phone.update();
    expectSame(phone);
    expect(mailbox.snapshot(user, "inbox").has(back)).toBe(true);
  });
});

describe("an item that a phone moved, and that others", () => {
  it.each(["removed", "moved on", "moved back"])(
    "%s before it synced, is where the mailbox has it",
    async (what) => {
      const { mailbox, phone, id, expectSame } = await setUp();
      const moved = await phone.move(id, "inbox", "deleted");
      if (what === "removed") mailbox.removeItem(user, "deleted", moved);
      else mailbox.moveItem(user, "deleted", moved, what === "moved on" ? "sent" : "inbox");
      await phone.update();
      expectSame(phone);
      expect(await phone.update()).toEqual([]);
    },
  );

  it("removed while the phone had no answer, is gone from both folders", async () => {
    const { mailbox, phone, id, expectSame } = await setUp();
    const before = new Set(phone.items.get("inbox"));
    const moved = await phone.move(id, "inbox", "deleted");
    // The phone puts it back, as if it had never got the answer.
    phone.items.set("inbox", before);
    phone.items.set("deleted", new Set());
    mailbox.removeItem(user, "deleted", moved);
    await phone.update();
    expectSame(phone);
  });
});

describe("a Ping of the phone that moved an item", () => {
  it("is not answered for the folder that the item left, and is for the one that it came into", async () => {
    const { clock, phone, tablet, id } = await setUp();
    const ping = (device: KeepingPhone, folder: string) =>
      device.ping({ heartbeatSeconds: 480, folders: [folder] });
    const held = [ping(phone, "inbox"), ping(tablet, "inbox")];
    await clock.advance(1_000);
    await phone.move(id, "inbox", "deleted");
    await clock.advance(1_000);
    expect(held.map(({ isAnswered }) => isAnswered)).toEqual([false, true]);
    const later = [ping(phone, "inbox"), ping(tablet, "inbox")];
    await clock.advance(1_000);
    expect(later.map(({ isAnswered }) => isAnswered)).toEqual([false, true]);
    const target = ping(phone, "deleted");
    await clock.advance(1_000);
    expect(childText((await target.answer).document, Ping.Status)).toBe("2");
  });

  it("is not answered for it even if the store is slow to take note", async () => {
    const state = new MemoryStateStore();
    const { clock, phone, id } = await setUp("16.1", state);
    const held = phone.ping({ heartbeatSeconds: 480, folders: ["inbox"] });
    await clock.advance(1_000);
    const { write } = state;
    state.write = async (...args) => {
      await new Promise<void>((resolve) => clock.setTimer(resolve, 1_000));
      return write.apply(state, args);
    };
    const moving = phone.move(id, "inbox", "deleted");
    await clock.advance(20_000);
    await moving;
    expect(held.isAnswered).toBe(false);
  });

  it("is not answered for it after a Sync that asked for no changes: the next one that does tells", async () => {
    const { clock, phone, id, expectSame } = await setUp();
    const before = new Set(phone.items.get("inbox"));
    await phone.move(id, "inbox", "deleted");
    // As if the phone had never got the answer.
    phone.items.set("inbox", before);
    phone.items.set("deleted", new Set());
    await phone.sync("inbox", { getChanges: false });
    const held = phone.ping({ heartbeatSeconds: 480, folders: ["inbox"] });
    await clock.advance(1_000);
    expect(held.isAnswered).toBe(false);
    expect(await phone.update()).toEqual(["-inbox", "+deleted"]);
    expectSame(phone);
  });

  it("is answered for what others removed beside it", async () => {
    const { clock, mailbox, phone, id } = await setUp();
    await phone.move(id, "inbox", "deleted");
    const held = phone.ping({ heartbeatSeconds: 480, folders: ["inbox"] });
    await clock.advance(1_000);
    expect(held.isAnswered).toBe(false);
    const [other = ""] = mailbox.snapshot(user, "inbox").keys();
    mailbox.removeItem(user, "inbox", other);
    await clock.advance(1_000);
    expect(childText((await held.answer).document, Ping.Status)).toBe("2");
  });

  it("is answered where the phone's own move and a mail fall together", async () => {
    const { clock, mailbox, phone, id } = await setUp();
    const held = phone.ping({ heartbeatSeconds: 480, folders: ["inbox"] });
    await clock.advance(1_000);
    const moving = phone.move(id, "inbox", "deleted");
    mailbox.deliver(user, "Subject: three\r\n\r\nHello");
    await moving;
    await clock.advance(1_000);
    expect(childText((await held.answer).document, Ping.Status)).toBe("2");
  });
});
